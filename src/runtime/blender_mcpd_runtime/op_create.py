"""create_objects: everything is checked first, then made."""

from __future__ import annotations

from typing import Any

import bpy
from mathutils import Vector

from .changes import Changes
from .collection_links import default_collection, ensure_collection
from .context import Context
from .create_data import make_data
from .create_specs import check_item
from .errors import invalid
from .lookup import local
from .material_settings import assign, ensure_material, material_values
from .transforms import look_at, near, set_parent, set_rotation_degrees


def create_objects(context: Context, args: dict[str, Any]) -> dict[str, Any]:
    items = args["items"]
    earlier: set[str] = set()
    materials: set[str] = set()
    for index, item in enumerate(items):
        check_item(item, f"items[{index}]", earlier, materials)
        if "name" in item:
            earlier.add(item["name"])
        if isinstance(item.get("material"), dict) and "name" in item["material"]:
            materials.add(item["material"]["name"])
    changes = Changes()
    with context.changing():
        maker = _Maker(changes)
        created = [maker.make(item, f"items[{index}]") for index, item in enumerate(items)]
    what = created[0]["name"] if len(created) == 1 else f"{len(created)} objects"
    return context.commit(f"Create {what}", changes, {"created": created})


class _Maker:
    """Makes one object after the other; remembers the names that items asked for, so that later items can use them."""

    def __init__(self, changes: Changes) -> None:
        self.changes = changes
        self._by_requested_name: dict[str, Any] = {}

    def make(self, item: dict[str, Any], field: str) -> dict[str, Any]:
        kind = item["kind"]
        wanted = item.get("name", kind.replace("_", " ").title())
        obj = bpy.data.objects.new(wanted, make_data(item, wanted, field))
        self.changes.added.append(obj.name)
        collection = ensure_collection(item["collection"], self.changes) if "collection" in item \
            else default_collection()
        collection.objects.link(obj)
        if kind == "empty" and "size" in item:
            obj.empty_display_size = item["size"] / 2
        if "material" in item:
            assign(obj, self._material(item["material"], f"{field}.material"))
        self._place(obj, item, field)
        if kind == "camera":
            self._activate(obj, item.get("camera", {}).get("active"))
        if "name" in item:
            self._by_requested_name[wanted] = obj
        made = {"name": obj.name, "kind": kind, "type": obj.type}
        if "name" in item and obj.name != wanted:
            made["requested"] = wanted
        return made

    def _place(self, obj: Any, item: dict[str, Any], field: str) -> None:
        obj.location = item.get("location", (0.0, 0.0, 0.0))
        if "rotation" in item:
            set_rotation_degrees(obj, item["rotation"])
        if "scale" in item:
            obj.scale = item["scale"]
        if "parent" not in item and "look_at" not in item:
            return
        bpy.context.view_layer.update()
        target = item.get("look_at")
        if target is not None:
            point = self._named(target).matrix_world.translation if isinstance(target, str) else Vector(target)
            if near(obj.matrix_world.translation, point):
                raise invalid(f"{field}.look_at is where the object itself is.", f"{field}.look_at")
            look_at(obj, point)
            bpy.context.view_layer.update()
        if "parent" in item:
            set_parent(obj, self._named(item["parent"]))

    def _named(self, name: str) -> Any:
        return self._by_requested_name.get(name) or bpy.context.scene.objects[name]

    def _material(self, material: Any, field: str) -> Any:
        if isinstance(material, str):
            return local(bpy.data.materials, material)
        values = material_values(material, field)
        made, created, _ = ensure_material(material, values)
        if created:
            self.changes.added.append(f"material:{made.name}")
        elif values and f"material:{made.name}" not in self.changes.added:
            self.changes.change(f"material:{made.name}", values)
        return made

    def _activate(self, camera: Any, active: bool | None) -> None:
        scene = bpy.context.scene
        if active or (active is None and scene.camera is None):
            scene.camera = camera
            self.changes.change(f"scene:{scene.name}", ["camera"])
