"""Search by words over the index, and the nearest names when there is nothing."""

from __future__ import annotations

import difflib
import heapq

from .rna_index import Entry, Index, split_words

_KIND_WEIGHT = {"operator": 1.25, "node": 1.2, "type": 1.15, "function": 1.0, "property": 0.9}
_NOISE = {"a", "an", "the", "of", "to", "in", "on", "for", "with", "and", "or", "how", "do", "i", "by", "from", "bpy",
          "ops", "types"}
# The interface's colours have properties named as everything else.
_ASIDE = ("Theme",)
# What users know best is meant more often.
_FIRST = ("object.", "mesh.", "Object.")
MAX_MATCHES = 500


def search(index: Index, query: str) -> list[Entry]:
    """The best first, at most MAX_MATCHES. What has more of the words is before what has fewer."""
    words = [word for word in split_words(query) if word not in _NOISE] or split_words(query)
    if not words:
        return []
    words = words[:12]
    patterns = [(f" {word} ", f" {_stem(word)}") for word in words]
    phrase = " ".join(words)
    scored = []
    for position, entry in enumerate(index.entries):
        score = _score(entry, patterns, phrase)
        if score > 0:
            scored.append((-score, len(entry.name), position))
    return [index.entries[position] for _, _, position in heapq.nsmallest(MAX_MATCHES, scored)]


def _score(entry: Entry, patterns: list[tuple[str, str]], phrase: str) -> float:
    score, found = 0.0, 0
    for word, stem in patterns:
        if word in entry.words:
            score += 10
        elif stem in entry.words:
            score += 7
        elif stem in entry.more:
            score += 2
        elif len(stem) > 4 and stem[1:] in entry.words:
            score += 2
        else:
            continue
        found += 1
    if found == 0:
        return 0
    # Short names that say it all are meant; long ones only mention it.
    score += 6 * found / max(entry.words.count(" ") - 1, 1)
    label = entry.label.lower()
    if label == phrase or entry.words.startswith(f" {phrase} {label}"):
        score += 12
    elif label.startswith(phrase):
        score += 4
    if entry.name.lower() == phrase:
        score += 20
    if entry.kind == "operator" and f" {entry.name.partition('.')[2]} " in f" {phrase} ":
        score += 8
    if entry.name.startswith(_FIRST):
        score += 1
    elif entry.name.startswith(_ASIDE):
        score *= 0.5
    return score * _KIND_WEIGHT[entry.kind] * (found / len(patterns)) ** 2


def _stem(word: str) -> str:
    """Good enough to find edge by edges, and bevel by beveling."""
    for ending in ("ing", "es", "ed", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[:-len(ending)]
    return word


def nearest_names(index: Index, name: str, count: int = 5) -> list[str]:
    """Of operators and types. Comparing all of them letter by letter would take a second."""
    wanted = name.casefold().removeprefix("bpy.").removeprefix("ops.").removeprefix("types.")
    pairs = _pairs(wanted)
    if not pairs:
        return []
    close = heapq.nlargest(40, ((2 * len(pairs & (own := _pairs(candidate.casefold()))) / (len(pairs) + len(own) or 1),
                                 candidate) for candidate in (*index.operators, *index.types)))
    ranked = sorted(((difflib.SequenceMatcher(None, wanted, candidate.casefold()).ratio(), candidate)
                     for likeness, candidate in close if likeness > 0.3), reverse=True)
    return [candidate for likeness, candidate in ranked[:count] if likeness >= 0.6]


def _pairs(text: str) -> set[str]:
    return {text[start:start + 2] for start in range(len(text) - 1)}
