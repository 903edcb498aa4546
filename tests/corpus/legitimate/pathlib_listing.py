from pathlib import Path
import bpy

folder = Path(bpy.data.filepath).parent
textures = sorted(p for p in folder.rglob("*") if p.suffix.lower() in {".png", ".jpg", ".exr"})
for p in textures:
    print(p.relative_to(folder), p.stat().st_size // 1024, "KB")
loaded = {Path(bpy.path.abspath(i.filepath)).name for i in bpy.data.images if i.filepath}
print("not loaded:", [p.name for p in textures if p.name not in loaded])
