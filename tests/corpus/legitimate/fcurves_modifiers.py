import bpy

ob = bpy.context.object
ob.keyframe_insert("location", frame=1)
action = ob.animation_data.action
for fc in action.fcurves:
    while fc.modifiers:
        fc.modifiers.remove(fc.modifiers[0])
    noise = fc.modifiers.new('NOISE')
    noise.strength = 0.4
    noise.scale = 12
    noise.phase = fc.array_index * 17
