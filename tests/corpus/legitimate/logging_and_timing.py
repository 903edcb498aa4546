import logging
import time
import bpy

log = logging.getLogger("scene")
log.setLevel(logging.INFO)
started = time.perf_counter()
bpy.context.view_layer.update()
log.info("update took %.3f s", time.perf_counter() - started)
print(time.strftime("%H:%M:%S"), len(bpy.data.objects))
