"""Reads the project's Markdown: its code blocks, code in the text, headings and links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_FENCE = re.compile(r"^ *```")
_SPAN = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+?) *$")
_LIST_ITEM = re.compile(r"^(?:\d+\.|[-*]) ")


@dataclass(frozen=True)
class Place:
    """Where something stands, and what it is."""

    file: str  # from the root of the project
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


def documents() -> list[Path]:
    """Everything that people read. CHANGELOG.md tells of what was, which may be gone."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()


def blocks(path: Path) -> list[Place]:
    """Code blocks, fenced or indented; those of list items are indented by more. Their indentation is taken away."""
    found: list[Place] = []
    collected: list[str] = []
    fenced = in_list = False
    begin = 0

    def end() -> None:
        nonlocal collected
        if any(line.strip() for line in collected):
            depth = min(len(line) - len(line.lstrip()) for line in collected if line.strip())
            found.append(Place(_name(path), begin, "\n".join(line[depth:] for line in collected).rstrip()))
        collected = []

    for number, line in enumerate(_lines(path), 1):
        if _FENCE.match(line):
            end()
            fenced = not fenced
            begin = number + 1
            continue
        if line.strip() and not line.startswith(" "):
            in_list = bool(_LIST_ITEM.match(line))
        is_code = fenced or line.startswith(" " * (7 if in_list else 4))
        if is_code and not collected:
            begin = number
        if is_code or (collected and not line.strip()):
            collected.append(line)
        else:
            end()
    end()
    return found


def _prose(path: Path) -> list[tuple[int, str]]:
    """Its lines without those of code blocks."""
    code: set[int] = set()
    for block in blocks(path):
        code.update(range(block.line, block.line + block.text.count("\n") + 1))
    return [(number, line) for number, line in enumerate(_lines(path), 1) if number not in code and not _FENCE.match(line)]


def spans(path: Path) -> list[Place]:
    """What stands between backticks; one that goes over the end of a line as well."""
    prose = dict(_prose(path))
    text = "\n".join(prose.get(number, "") for number in range(1, len(_lines(path)) + 1))
    return [Place(_name(path), text.count("\n", 0, match.start()) + 1, match[1].replace("\n", " "))
            for match in _SPAN.finditer(text)]


def quotes(path: Path) -> list[Place]:
    """What stands in double quotes, outside of code."""
    return [Place(_name(path), number, quoted) for number, line in _prose(path)
            for quoted in re.findall(r'"([^"]+)"', _SPAN.sub("", line))]


def links(path: Path) -> list[Place]:
    prose = dict(_prose(path))
    text = "\n".join(_SPAN.sub("", prose.get(number, "")) for number in range(1, len(_lines(path)) + 1))
    return [Place(_name(path), text.count("\n", 0, match.start()) + 1, match[1]) for match in _LINK.finditer(text)]


def anchors(path: Path) -> set[str]:
    """Of its headings, as GitHub makes them."""
    found: set[str] = set()
    for _, line in _prose(path):
        if heading := _HEADING.match(line):
            words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading[1]).lower()
            anchor = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
            found.add(anchor if anchor not in found else f"{anchor}-1")
    return found
