import bpy
import numpy as np

me = bpy.context.object.data
co = np.empty(len(me.vertices) * 3, dtype=np.float32)
me.vertices.foreach_get("co", co)
co = co.reshape(-1, 3)
r = np.linalg.norm(co[:, :2], axis=1)
co[:, 2] += 0.2 * np.sin(4 * r)
me.vertices.foreach_set("co", co.ravel())
me.update()
