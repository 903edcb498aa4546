"""What depends on Blender's version is in compat*.py, and nothing is found by a name that Blender has made up: those are
translated, and differ between versions."""

import ast
import pathlib
import unittest

RUNTIME = pathlib.Path(__file__).resolve().parents[2] / "src" / "runtime"
# Told to clients, compared with nothing.
TOLD = {"executor.py", "bootstrap.py", "guest.py", "install.py"}
# Lists in which things have names from Blender, unless somebody chose another one.
NAMED_BY_BLENDER = {"nodes", "modifiers", "constraints", "objects", "materials", "worlds", "collections", "scenes", "images",
                    "uv_layers", "shape_keys", "key_blocks", "view_layers", "vertex_groups", "actions", "node_groups"}


def is_compat(file):
    return file.name.startswith("compat")


def is_version(node):
    """bpy.app.version or a VERSION."""
    return (isinstance(node, ast.Attribute) and node.attr in ("version", "VERSION") and
            (node.attr == "VERSION" or isinstance(node.value, ast.Attribute) and node.value.attr == "app")) or (
        isinstance(node, ast.Name) and node.id == "VERSION")


def version_checks(tree, told):
    """Lines that look at the version. Where it is told, only those that compare it."""
    if not told:
        return sorted({node.lineno for node in ast.walk(tree) if is_version(node)})
    return sorted({node.lineno for node in ast.walk(tree) if isinstance(node, ast.Compare)
                   and any(is_version(part) for side in (node.left, *node.comparators) for part in ast.walk(side))})


def is_named_list(node):
    return isinstance(node, ast.Attribute) and node.attr in NAMED_BY_BLENDER


def is_text(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def is_name_of_blenders(node):
    """Ours, of file formats for instance, are in small letters."""
    return is_text(node) and node.value[:1].isupper()


def lookups_by_fixed_name(tree):
    """Lines with something like tree.nodes["Principled BSDF"], .get("World") or node.name == "Background"."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and is_named_list(node.value) and is_text(node.slice):
            found.append(node.lineno)
        elif (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("get", "find")
              and is_named_list(node.func.value) and node.args and is_text(node.args[0])):
            found.append(node.lineno)
        elif isinstance(node, ast.Compare):
            sides = (node.left, *node.comparators)
            if any(isinstance(side, ast.Attribute) and side.attr == "name" for side in sides) and any(map(is_name_of_blenders, sides)):
                found.append(node.lineno)
    return sorted(found)


class RuntimeRules(unittest.TestCase):
    def files(self):
        files = sorted(RUNTIME.rglob("*.py"))
        self.assertGreater(len(files), 50)
        for file in files:
            yield file, ast.parse(file.read_text("utf-8"))

    def test_versions_are_looked_at_in_compat_alone(self):
        for file, tree in self.files():
            if not is_compat(file):
                with self.subTest(file=file.name):
                    self.assertEqual(version_checks(tree, file.name in TOLD), [])

    def test_nothing_is_found_by_a_name_of_blenders(self):
        for file, tree in self.files():
            with self.subTest(file=file.name):
                self.assertEqual(lookups_by_fixed_name(tree), [])

    def test_what_breaks_the_rules_is_found(self):
        for text in ("bpy.app.version >= (4, 0)", "if VERSION < (5, 0): pass", "compat.VERSION[0] > 4"):
            with self.subTest(text):
                self.assertEqual(version_checks(ast.parse(text), told=False), [1])
        self.assertEqual(version_checks(ast.parse("list(bpy.app.version)"), told=True), [])
        self.assertEqual(version_checks(ast.parse("bpy.app.version < (4, 2)"), told=True), [1])
        for text in ('tree.nodes["Principled BSDF"]', 'material.node_tree.nodes.get("Material Output")',
                     'node.name == "Background"', 'obj.modifiers.get("Subdivision")', 'bpy.data.worlds["World"]'):
            with self.subTest(text):
                self.assertEqual(lookups_by_fixed_name(ast.parse(text)), [1])
        for text in ("tree.nodes[name]", "tree.nodes.get(name)", 'node.type == "BACKGROUND"', 'node.inputs["Color"]', 'format.name == "glb"'):
            with self.subTest(text):
                self.assertEqual(lookups_by_fixed_name(ast.parse(text)), [])


if __name__ == "__main__":
    unittest.main()
