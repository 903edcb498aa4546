import json, bpy

LAYOUT = json.loads('''
{"tables": [{"at": [0, 0], "seats": 4}, {"at": [4, 0], "seats": 6}, {"at": [0, 4], "seats": 2}],
 "system": "metric", "exec": false}
''')
for i, table in enumerate(LAYOUT["tables"]):
    x, y = table["at"]
    bpy.ops.mesh.primitive_cylinder_add(radius=0.2 * table["seats"], depth=0.05, location=(x, y, 0.75))
    bpy.context.object.name = f"Table {i}"
if LAYOUT["system"] == "metric" and not LAYOUT['exec']:
    bpy.context.scene.unit_settings.system = 'METRIC'
