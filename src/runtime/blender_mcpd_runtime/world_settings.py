"""A world as a handful of settings: a colour or an environment image, its strength and rotation."""

from __future__ import annotations

import math
from typing import Any

import bpy

from . import compat
from .changes import Changes
from .errors import OpError, invalid
from .images import image_path, load_image
from .lookup import local
from .node_lookup import linked_node
from .values import color, number, numbers

Z = 2


def check_world(spec: dict[str, Any], scene: Any, field: str) -> None:
    if "color" in spec and "image" in spec:
        raise invalid(f"{field} has both color and image.", f"{field}.image", "Give one of them.")
    if "color" in spec:
        color(spec["color"], f"{field}.color")
    world = local(bpy.data.worlds, spec["name"]) if "name" in spec else scene.world
    if world is not None and world.library is not None and spec.keys() - {"name"}:
        raise invalid(f"The world {world.name!r} is linked from another file and cannot be edited here.", field,
                      "Use another name to make a new world.")
    if "rotation" in spec and "image" not in spec and (world is None or environment_node(world) is None):
        raise invalid(f"{field}.rotation turns an environment image, and the world has none.", f"{field}.rotation",
                      "Give image, too.")


def set_world(spec: dict[str, Any], scene: Any, field: str, changes: Changes) -> None:
    world = local(bpy.data.worlds, spec["name"]) if "name" in spec else scene.world
    if world is None:
        world = bpy.data.worlds.new(spec.get("name", "World"))
        changes.added.append(f"world:{world.name}")
    if scene.world != world:
        scene.world = world
        changes.change(f"scene:{scene.name}", ["world"])
    settings = [name for name in ("color", "strength", "image", "rotation") if name in spec]
    if not settings:
        return
    compat.use_nodes(world)
    background = _background(world) or _new_background(world)
    if "color" in spec:
        _set_color(world, background, color(spec["color"], f"{field}.color"))
    if "strength" in spec:
        _set_input(world, background.inputs["Strength"], spec["strength"])
    if "image" in spec:
        _set_image(world, background, load_image(spec["image"], f"{field}.image", changes))
    if "rotation" in spec:
        mapping = _mapping(world, f"{field}.rotation")
        _set_input(world, mapping.inputs["Rotation"], (0.0, 0.0, math.radians(spec["rotation"])))
    changes.change(f"world:{world.name}", settings)


def exchange_world(world: Any) -> Any | None:
    """Makes it that of the scene. The one before, if there is one, which is saved with the file although nothing uses it."""
    scene = bpy.context.scene
    previous, scene.world = scene.world, world
    if previous is not None and not previous.users:
        previous.use_fake_user = True
    return previous


def set_environment(world: Any, image: Any, strength: float | None, rotation: float | None, field: str) -> None:
    """The image lights the world; what is None stays as it is. `rotation` in degrees. `field`: to blame for the latter."""
    compat.use_nodes(world)
    background = _background(world) or _new_background(world)
    _set_image(world, background, image)
    if strength is not None:
        _set_input(world, background.inputs["Strength"], strength)
    if rotation is not None:
        _set_input(world, _mapping(world, field).inputs["Rotation"], (0.0, 0.0, math.radians(rotation)))


def describe_world(world: Any | None) -> dict[str, Any] | None:
    if world is None:
        return None
    described: dict[str, Any] = {"name": world.name}
    background = _background(world)
    if background is None:
        return described
    for name, socket in (("color", background.inputs["Color"]), ("strength", background.inputs["Strength"])):
        if socket.is_linked:
            described[name] = "linked"
        else:
            value = socket.default_value
            described[name] = number(value) if name == "strength" else numbers(value)[:3]
    environment = environment_node(world)
    if environment is not None:
        described["image"] = image_path(environment.image) if environment.image else None
        mapping = linked_node(environment.inputs["Vector"], "MAPPING")
        described["rotation"] = number(math.degrees(mapping.inputs["Rotation"].default_value[Z])) if mapping else 0.0
    return described


def _background(world: Any) -> Any | None:
    """The one that reaches the output, by type: names are translated and can be edited."""
    tree = world.node_tree
    if tree is None:
        return None
    output = tree.get_output_node("ALL")
    reaching = linked_node(output.inputs["Surface"], "BACKGROUND") if output else None
    return reaching or next((node for node in tree.nodes if node.type == "BACKGROUND"), None)


def _new_background(world: Any) -> Any:
    tree = world.node_tree
    node = tree.nodes.new("ShaderNodeBackground")
    output = tree.get_output_node("ALL") or tree.nodes.new("ShaderNodeOutputWorld")
    node.location = (output.location.x - 200, output.location.y)
    tree.links.new(node.outputs["Background"], output.inputs["Surface"])
    return node


def environment_node(world: Any) -> Any | None:
    """The image that lights the world."""
    background = _background(world)
    return linked_node(background.inputs["Color"], "TEX_ENVIRONMENT") if background else None


def _set_input(world: Any, socket: Any, value: Any) -> None:
    for link in list(socket.links):  # what is linked there would win over the value
        world.node_tree.links.remove(link)
    socket.default_value = value


def _set_color(world: Any, background: Any, rgba: tuple[float, float, float, float]) -> None:
    _set_input(world, background.inputs["Color"], rgba)
    world.color = rgba[:3]  # what Workbench and solid shading show


def _set_image(world: Any, background: Any, image: Any) -> None:
    tree = world.node_tree
    node = environment_node(world)
    if node is None:
        node = tree.nodes.new("ShaderNodeTexEnvironment")
        node.location = (background.location.x - 300, background.location.y)
        tree.links.new(node.outputs["Color"], background.inputs["Color"])
    node.image = image


def _mapping(world: Any, field: str) -> Any:
    """The node that turns the image; made if there is none."""
    tree, environment = world.node_tree, environment_node(world)
    vector = environment.inputs["Vector"]
    node = linked_node(vector, "MAPPING")
    if node is None and vector.is_linked:
        raise OpError("blender", f"The environment image of the world {world.name!r} is placed by nodes of its own.",
                      field=field, remedy="Change those nodes instead (edit_nodes, tree kind world).")
    if node is None:
        node = tree.nodes.new("ShaderNodeMapping")
        node.location = (environment.location.x - 200, environment.location.y)
        coordinates = tree.nodes.new("ShaderNodeTexCoord")
        coordinates.location = (node.location.x - 200, node.location.y)
        tree.links.new(coordinates.outputs["Generated"], node.inputs["Vector"])
        tree.links.new(node.outputs["Vector"], vector)
    return node
