"""What the documents point at is there: other documents and their headings, files, texts of errors."""

import ast
import pathlib
import re
import sys
import tokenize
import unittest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from documents import ROOT, anchors, documents, links, quotes, spans

FILE = re.compile(r"(?:\./)?((?:src|tests|scripts|config|docs|include|cmake)/[\w./-]*\w)(?: .*)?")
# Documents that quote what the daemon and the runtime say.
QUOTING = ["docs/troubleshooting.md"]
# Not there: a folder of Blender's, and the example of docs/maintaining.md.
ELSEWHERE = re.compile("scripts/addons/|.*measure_distance")
# One C++ literal, or several that the compiler joins.
LITERALS = re.compile(r'(?:R"\((.*?)\)"|"((?:[^"\\\n]|\\.)*)")(\s*)', re.DOTALL)


def texts_of_cpp(source):
    found, whole, end = [], "", -1
    for match in LITERALS.finditer(source):
        text = match[1] if match[1] is not None else re.sub(r"\\(.)", r"\1", match[2])
        whole = whole + text if match.start() == end else text
        end = match.end()
        found.append(whole)
    return found


def texts_of_python(source):
    return [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def texts_of_the_program():
    found = []
    for path in sorted((ROOT / "src").rglob("*")):
        if path.suffix in (".cpp", ".hpp"):
            found += texts_of_cpp(path.read_text("utf-8"))
        elif path.suffix == ".py":
            with tokenize.open(path) as file:
                found += texts_of_python(file.read())
    return "\n".join(found)


def parts(quote):
    """What stands between its gaps, which the program fills in."""
    return [part.strip(" .") for part in quote.split("…") if part.strip(" .")]


class Documents(unittest.TestCase):
    def test_links_lead_somewhere(self):
        for path in documents():
            for link in links(path):
                target, _, anchor = link.text.partition("#")
                if re.match(r"\w+:", target):
                    continue
                with self.subTest(f"{link}: {link.text}"):
                    file = (path.parent / target).resolve() if target else path
                    self.assertTrue(file.exists())
                    if anchor:
                        self.assertIn(anchor, anchors(file))

    def test_every_document_is_in_the_index(self):
        index = ROOT / "docs" / "README.md"
        listed = {(index.parent / link.text.partition("#")[0]).resolve() for link in links(index)}
        for path in documents():
            with self.subTest(path.name):
                self.assertTrue(path == index or path in listed or path == ROOT / "README.md")

    def test_files_that_are_named_are_there(self):
        found = [(span, match[1]) for path in documents() for span in spans(path) if (match := FILE.fullmatch(span.text))]
        self.assertGreater(len(found), 100)
        for span, file in found:
            with self.subTest(f"{span}: {file}"):
                self.assertTrue((ROOT / file).exists() or ELSEWHERE.match(file))

    def test_errors_are_quoted_as_they_are(self):
        program = texts_of_the_program()
        found = [quote for file in QUOTING for quote in quotes(ROOT / file)]
        self.assertGreater(len(found), 30)
        for quote in found:
            for part in parts(quote.text):
                with self.subTest(f"{quote}: {part}"):
                    self.assertIn(part, program)

    def test_texts_are_found_in_sources(self):
        self.assertIn("one and two {}", texts_of_cpp('f("one "\n  "and two {}", x)'))
        self.assertIn('is "never"', texts_of_cpp(r'"is \"never\""'))
        self.assertIn(" was stopped", texts_of_python('f"{subject} was stopped"'))
        self.assertEqual(parts("Blender did not reply to … within … s."), ["Blender did not reply to", "within", "s"])


if __name__ == "__main__":
    unittest.main()
