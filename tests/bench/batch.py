#!/usr/bin/python3
"""How fast a large scene is built: with blender-mcpd by create_objects, as many objects a call as it takes, and by batches of
these; with ahujasid/blender-mcp by a script for each object. Theirs makes fewer objects, which flatters it: making one takes
Blender longer the more there are. The window is drawn after each call, on the virtual display without a graphics card. With
one theirs is faster, up to 20 objects a second: its add-on looks for a command every 50 ms.

usage: batch.py [--json] [--objects N] [--their-objects N] [--blender PROGRAM] [--peers FOLDER] DAEMON
"""

from __future__ import annotations

import argparse
import time
from typing import Any, Callable

import rows
import sides

OBJECTS_PER_CALL = 200  # the most that create_objects takes
STEPS_PER_BATCH = 100  # the most that batch takes
GOAL = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--objects", type=int, default=10_000)
    parser.add_argument("--their-objects", type=int, default=300)
    rows.add_option(parser)
    sides.add_options(parser)
    arguments = parser.parse_args()
    sides.use(arguments)
    measured = []
    for way, make in {f"create_objects of {OBJECTS_PER_CALL}": create_objects, "batches of create_objects": batches}.items():
        with sides.users_blender() as port, sides.daemon(port) as daemon:
            measured.append(measure(f"blender-mcpd, {way}, window", daemon, make, arguments.objects))
        with sides.daemon() as daemon:
            measured.append(measure(f"blender-mcpd, {way}, no window", daemon, make, arguments.objects))
    with sides.users_blender() as port, sides.their_server(arguments.peers, port) as server:
        if server:
            theirs = measure(f"{sides.THEIRS}, a script an object, window", server, scripts, arguments.their_objects)
            theirs.note += f"; {sides.their_version()}"
            for ours in measured:
                ours.compare(theirs, GOAL)
            measured.append(theirs)
    rows.show(f"a scene of {arguments.objects} objects", measured, arguments.json)


def measure(name: str, server: sides.Server, make: Callable[[sides.Server, int], int], count: int) -> rows.Row:
    """Of `make`, which says how many calls it took. Looks whether the objects are there."""
    print_count = "import bpy; print(f'there are {len(bpy.data.objects)} of them')"
    server.call("execute_blender_code", code=print_count)  # the first call finds Blender
    begun = time.perf_counter()
    calls = make(server, count)
    seconds = time.perf_counter() - begun
    told = server.call("execute_blender_code", code=print_count)
    if f"there are {count + 3} of them" not in told:  # with what every new scene has
        raise RuntimeError(f"{name}: {count} objects were to be made, but: {told}")
    return rows.Row(name, value=round(count / seconds, 3), unit="objects/s",
                    note=f"{count} objects in {calls} call{'s' if calls > 1 else ''}, {seconds:.2f} s")


def location(number: int) -> list[float]:
    return [number % 100 * 3, number // 100 * 3, 0]


def items(count: int) -> list[list[dict[str, Any]]]:
    """Of each create_objects."""
    cubes = [{"kind": "cube", "name": f"Part.{number:05}", "location": location(number)} for number in range(count)]
    return [cubes[first:first + OBJECTS_PER_CALL] for first in range(0, count, OBJECTS_PER_CALL)]


def create_objects(daemon: sides.Server, count: int) -> int:
    calls = items(count)
    for cubes in calls:
        daemon.call("create_objects", items=cubes)
    return len(calls)


def batches(daemon: sides.Server, count: int) -> int:
    steps = [{"tool": "create_objects", "arguments": {"items": cubes}} for cubes in items(count)]
    calls = [steps[first:first + STEPS_PER_BATCH] for first in range(0, len(steps), STEPS_PER_BATCH)]
    for some in calls:
        daemon.call("batch", steps=some, timeout_s=sides.PATIENCE_S)
    return len(calls)


def scripts(server: sides.Server, count: int) -> int:
    for number in range(count):
        server.call("execute_blender_code", code=f"import bpy\nbpy.ops.mesh.primitive_cube_add(location={location(number)})\n"
                                                 f"bpy.context.object.name = 'Part.{number:05}'")
    return count


if __name__ == "__main__":
    main()
