"""The names that are most like one that does not exist: quick also where there are ten thousands to choose from."""

from __future__ import annotations

import bisect
import difflib
from collections import Counter
from itertools import accumulate
from typing import Iterable

# Up to so many names are all compared; of more, those that share the most with the wanted one.
MAX_ALL = 500
MAX_LIKELY = 200
# Of the names that have the same three characters somewhere.
MAX_SHARING = 100
_END = "\n"  # is in no name that Blender keeps


class SimilarNames:
    """To look for several names, ignoring case."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_folded: dict[str, str] = {}
        for name in names:
            self._by_folded.setdefault(name.casefold(), name)
        self._folded = sorted(self._by_folded)
        # All of them as one text, which is searched by C code.
        self._text = _END + _END.join(self._folded) + _END
        self._starts = list(accumulate((len(name) + 1 for name in self._folded), initial=1))

    def to(self, name: str, count: int = 3) -> list[str]:
        """Best first; none when nothing is much like it."""
        wanted = name.casefold()
        candidates = self._folded if len(self._folded) <= MAX_ALL else self._likely(wanted)
        return [self._by_folded[folded] for folded in difflib.get_close_matches(wanted, candidates, count, 0.5)]

    def _likely(self, wanted: str) -> list[str]:
        shared: Counter[int] = Counter()
        around = bisect.bisect_left(self._folded, wanted)
        shared.update(range(max(0, around - MAX_SHARING), min(len(self._folded), around + MAX_SHARING)))
        framed = _END + wanted + _END
        for part in {framed[at:at + 3] for at in range(max(1, len(framed) - 2))}:
            shared.update(self._having(part))
        return [self._folded[index] for index, _ in shared.most_common(MAX_LIKELY)]

    def _having(self, part: str) -> set[int]:
        found: set[int] = set()
        at = self._text.find(part)
        while at >= 0 and len(found) < MAX_SHARING:
            index = bisect.bisect_right(self._starts, at + 1) - 1  # the first character may be the end of the name before
            found.add(index)
            at = self._text.find(part, self._starts[index + 1] - 1)
        return found
