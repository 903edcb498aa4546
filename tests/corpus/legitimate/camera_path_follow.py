import bpy

curve_data = bpy.data.curves.new("Dolly", 'CURVE')
curve_data.dimensions = '3D'
spline = curve_data.splines.new('BEZIER')
spline.bezier_points.add(3)
for p, co in zip(spline.bezier_points, [(-6, -6, 2), (6, -6, 3), (6, 6, 4), (-6, 6, 5)]):
    p.co = co
    p.handle_left_type = p.handle_right_type = 'AUTO'
curve = bpy.data.objects.new("Dolly", curve_data)
bpy.context.scene.collection.objects.link(curve)

cam = bpy.context.scene.camera
follow = cam.constraints.new('FOLLOW_PATH')
follow.target = curve
follow.use_fixed_location = True
follow.offset_factor = 0.0
follow.keyframe_insert("offset_factor", frame=1)
follow.offset_factor = 1.0
follow.keyframe_insert("offset_factor", frame=120)
