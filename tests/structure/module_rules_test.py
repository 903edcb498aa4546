"""The module rules: who may include whom. Fails when an include breaks docs/architecture.md."""

import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)


def documented_rules():
    """module -> modules it may use, from the table in docs/architecture.md."""
    rules = {}
    for line in (ROOT / "docs" / "architecture.md").read_text().splitlines():
        row = re.match(r"\| `(\w+)` \|[^|]*\|([^|]*)\|$", line)
        if row:
            rules[row[1]] = set(re.findall(r"`(\w+)`", row[2]))
    return rules


def module_files(module):
    for folder in (ROOT / "include" / "blender_mcpd" / module, ROOT / "src" / module):
        yield from sorted(folder.glob("*.[ch]pp"))


def forbidden_includes(module, allowed, text):
    """Includes of modules that `module` may not use, and of other modules' private headers."""
    found = []
    for path in INCLUDE.findall(text):
        public = re.match(r"blender_mcpd/(\w+)/", path)
        if public and public[1] != module and public[1] not in allowed:
            found.append(path)
        elif path.startswith("..") or "/src/" in path:
            found.append(path)
    return found


class ModuleRules(unittest.TestCase):
    def test_every_module_has_a_rule(self):
        folders = {folder.name for folder in (ROOT / "include" / "blender_mcpd").iterdir()}
        self.assertEqual(folders, set(documented_rules()))

    def test_the_build_links_what_the_rules_allow(self):
        built = {
            line[0]: set(line[1:])
            for line in map(
                str.split, re.findall(r"^blender_mcpd_module\(([\w ]+)\)", (ROOT / "CMakeLists.txt").read_text(), re.M)
            )
        }
        self.assertEqual(built, documented_rules())

    def test_no_include_breaks_the_rules(self):
        for module, allowed in documented_rules().items():
            for file in module_files(module):
                with self.subTest(file=str(file.relative_to(ROOT))):
                    self.assertEqual(forbidden_includes(module, allowed, file.read_text()), [])

    def test_a_forbidden_include_is_found(self):
        text = '#include <blender_mcpd/blender/instance.hpp>\n#include "../link/frame.hpp"\n#include <vector>\n'
        self.assertEqual(
            forbidden_includes("mcp", {"core"}, text),
            ["blender_mcpd/blender/instance.hpp", "../link/frame.hpp"],
        )

    def test_the_rules_have_no_cycle(self):
        rules = documented_rules()
        for module, allowed in rules.items():
            for used in allowed:
                self.assertNotIn(module, rules[used], f"{module} and {used} use each other")


if __name__ == "__main__":
    unittest.main()
