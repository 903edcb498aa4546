import bpy

for ob in bpy.context.scene.objects:
    match ob.type:
        case 'MESH' if len(ob.data.polygons) > 10_000:
            ob.display_type = 'BOUNDS'
        case 'MESH' | 'CURVE':
            ob.display_type = 'TEXTURED'
        case 'LIGHT':
            ob.data.energy *= 0.5
        case other:
            print("left alone:", other)
