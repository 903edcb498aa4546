"""An environment as an asset: it lights the scene, and what has lit it before is kept."""

from __future__ import annotations

from typing import Any

import bpy

from .asset_files import AssetFile, choice
from .asset_origin import Origin, tag
from .changes import Changes
from .context import Context
from .errors import invalid
from .images import load_map
from .node_layout import arrange
from .snapshot import Snapshot
from .world_settings import describe_world, environment_node, exchange_world, set_environment


class HdriImport:
    def __init__(self, args: dict[str, Any], files: dict[str, AssetFile], warnings: list[str]) -> None:
        self.file, self.warnings = files["environment"], warnings
        self.name = args["name"]
        self.mode = choice(args, "world", ("new", "replace"), "new")
        self.strength, self.rotation = args.get("strength"), args.get("rotation_degrees")
        if self.strength is not None and self.strength < 0:
            raise invalid(f"strength is {self.strength}; it must not be negative.", "strength")
        self._check_world()

    def _check_world(self) -> None:
        if self.mode == "new":
            return
        world = bpy.context.scene.world
        if world is not None and world.library is not None:
            raise invalid(f"The world {world.name!r} is linked from another file and cannot be edited here.", "world",
                          'Use "new".')
        if world is None or environment_node(world) is None:
            self.mode = "new"
            self.warnings.append("The scene has no environment image to replace, so it got a new world.")

    def run(self, context: Context, origin: Origin, changes: Changes, _before: Snapshot) -> dict[str, Any]:
        scene = bpy.context.scene
        image = load_map(self.file.path, self.file.field, False, changes)
        context.stop_point()
        tag(image, origin)
        told = self._new_world(scene, image, changes) if self.mode == "new" else self._replace(scene.world, image, changes)
        tag(scene.world, origin)
        return {"world": describe_world(scene.world), **told}

    def _new_world(self, scene: Any, image: Any, changes: Changes) -> dict[str, Any]:
        world = bpy.data.worlds.new(self.name)
        previous = exchange_world(world)
        changes.added.append(f"world:{world.name}")
        changes.change(f"scene:{scene.name}", ["world"])
        set_environment(world, image, 1.0 if self.strength is None else self.strength, self.rotation or 0.0,
                        "rotation_degrees")
        arrange(world.node_tree, world.node_tree.nodes)
        if previous is None:
            return {}
        return {"previous_world": previous.name}

    def _replace(self, world: Any, image: Any, changes: Changes) -> dict[str, Any]:
        previous = environment_node(world).image
        set_environment(world, image, self.strength, self.rotation, "rotation_degrees")
        changes.change(f"world:{world.name}", ["image"])
        return {"previous_image": previous.name} if previous is not None and previous != image else {}
