"""What every client must see, whichever way it calls."""

from __future__ import annotations

import base64
import json
import struct
import unittest
from typing import Any

Json = dict[str, Any]

# One valid call of every tool, to be made in this order in one session.
VALID_CALLS: list[tuple[str, Json]] = [
    ("get_blender_status", {}),
    ("manage_file", {"action": "new", "discard_changes": True}),
    ("create_objects", {"items": [{"kind": "text", "text": {"body": "Hi"}}, {"kind": "light", "name": "Lamp"},
                                  {"kind": "camera", "name": "Eye", "location": [0, -8, 2], "look_at": "Cube"}]}),
    ("update_objects", {"items": [{"name": "Cube", "location": [0, 0, 1]}]}),
    ("set_material", {"objects": ["Cube"], "material": {"name": "Red", "base_color": "#ff0000"}}),
    ("edit_nodes", {"tree": {"kind": "material", "name": "Red"}, "layout": True}),
    ("set_modifiers", {"objects": ["Cube"], "operations": [{"add": "BEVEL", "name": "Edge", "properties": {"width": 0.1}}]}),
    ("duplicate_objects", {"names": ["Cube"], "step": {"offset": [3, 0, 0]}}),
    ("set_scene", {"camera": "Eye", "render": {"percentage": 100}}),
    ("lookup_api", {"query": "BevelModifier", "fields": ["width"]}),
    ("inspect_data", {"path": "bpy.data.materials[\"Red\"]", "depth": 0}),
    ("get_scene_info", {"detail": "full", "limit": 2}),
    ("get_object_info", {"names": ["Cube", "Cub"], "include": ["mesh", "materials", "modifiers"]}),
    ("execute_blender_code", {"code": "print('hello')", "return_expression": "None"}),
    ("get_viewport_screenshot", {"view": "front", "max_size": 64}),
    ("render", {"engine": "workbench", "resolution": [32, 24]}),
    ("manage_instances", {"action": "list"}),
    ("delete_objects", {"names": ["Cube"]}),
    ("history", {"action": "undo"}),
    ("batch", {"steps": [{"tool": "create_objects", "arguments": {"items": [{"kind": "empty"}]}}], "label": "Mark"}),
]

INVALID_CALL = ("create_objects", {"items": [{"kind": "cube", "location": [1, 2]}]})
INVALID_FIELD = "items[0].location"


def check_tools(test: unittest.TestCase, tools: list[Json]) -> None:
    test.assertEqual(sorted(tool["name"] for tool in tools), sorted(name for name, _ in VALID_CALLS),
                     "each tool needs one valid call in VALID_CALLS")
    for tool in tools:
        with test.subTest(tool["name"]):
            test.assertTrue(tool["title"])
            test.assertTrue(tool["description"])
            test.assertEqual(tool["inputSchema"]["type"], "object")
            test.assertEqual(tool["outputSchema"]["type"], "object")
            test.assertTrue(tool["annotations"].get("readOnlyHint") or "destructiveHint" in tool["annotations"])


def structured(test: unittest.TestCase, result: Json) -> Json:
    """The structured content of a success, which the first text must repeat for clients that only know text."""
    test.assertFalse(result.get("isError"), result)
    first = result["content"][0]
    test.assertEqual(first["type"], "text")
    test.assertEqual(json.loads(first["text"]), result["structuredContent"])
    return result["structuredContent"]


def error_text(test: unittest.TestCase, result: Json) -> str:
    test.assertTrue(result.get("isError"), result)
    return "\n".join(block["text"] for block in result["content"])


def check_png(test: unittest.TestCase, result: Json, width: int, height: int) -> None:
    """One image of that size, whole, and the same as the structured content says."""
    images = [block for block in result["content"] if block["type"] == "image"]
    test.assertEqual(len(images), 1, [block["type"] for block in result["content"]])
    test.assertEqual(images[0]["mimeType"], "image/png")
    png = base64.b64decode(images[0]["data"], validate=True)
    test.assertEqual(png[:8], b"\x89PNG\r\n\x1a\n")
    test.assertEqual(struct.unpack(">II", png[16:24]), (width, height))
    test.assertEqual(png[-8:-4], b"IEND")
    test.assertEqual(structured(test, result)["image"],
                     {"mime_type": "image/png", "width": width, "height": height, "bytes": len(png)})
