# Dictionary keys may be any word.
import bpy

settings = {'system': 'METRIC', 'eval': 0.5, 'exec': 'EXEC_DEFAULT', 'open': True, 'remove': ["Cube"]}
bpy.context.scene.unit_settings.system = settings['system']
factor = settings['eval'] * 2
for name in settings['remove']:
    if name in bpy.data.objects:
        print("would remove", name, factor)
