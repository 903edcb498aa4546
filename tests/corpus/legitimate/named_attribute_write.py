import bpy
from random import seed, random

seed(3)
me = bpy.context.object.data
name = "tint"
if name in me.attributes:
    me.attributes.remove(me.attributes[name])
attr = me.attributes.new(name, 'FLOAT_COLOR', 'POINT')
for item in attr.data:
    item.color = (random(), random(), random(), 1.0)
