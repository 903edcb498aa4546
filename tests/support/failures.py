#!/usr/bin/env python3
"""What failed, and what was unstable, according to the JUnit reports of a folder: said again where a long log ends, as that is the part
of it that people keep. Says nothing when there is nothing to say.

usage: tests/support/failures.py FOLDER
"""

import sys
from pathlib import Path
from xml.etree import ElementTree

MOST_LINES = 60  # of one test; what it printed last


def text_of(case, *tags):
    """What the elements of `tags` in `case` say, the first lines of it left out when it is long."""
    parts = []
    for element in case.iterfind("*"):
        if element.tag in tags:
            parts += [element.get("message", ""), element.text or ""]
    lines = "\n".join(part.strip("\n") for part in parts if part.strip()).splitlines()
    if len(lines) > MOST_LINES:
        lines = ["..."] + lines[-MOST_LINES:]
    return "\n".join("    " + line for line in lines)


def said(report):
    """A paragraph for each test of a report that failed, or passed at the second attempt only."""
    for case in ElementTree.parse(report).iter("testcase"):
        name = ".".join(part for part in (case.get("classname"), case.get("name")) if part)
        if case.find("failure") is not None or case.find("error") is not None:
            yield f"failed: {report.stem}: {name}\n{text_of(case, 'failure', 'error', 'system-out', 'system-err')}"
        elif (case.findtext("system-err") or "").startswith("the first time"):
            yield f"unstable: {report.stem}: {name}\n{text_of(case, 'system-err')}"


def main():
    for report in sorted(Path(sys.argv[1]).glob("*.xml")):
        try:
            for paragraph in said(report):
                print(paragraph)
        except ElementTree.ParseError as error:
            print(f"failed: {report.stem}: its report cannot be read: {error}")


if __name__ == "__main__":
    main()
