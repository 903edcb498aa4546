"""The objects that a filter finds, in pages that stay the same whatever is edited between two of them.

A listing remembers its objects by what stays the same when they are renamed. The cursor says which listing and how far it
was told. Objects that are gone, or do not match any more, are passed over; new ones come at the end.
"""

from __future__ import annotations

import base64
import binascii
import bisect
import re
import uuid
from collections import OrderedDict
from dataclasses import dataclass, field as member
from typing import Any, Iterator

from . import compat
from .document import Document
from .errors import invalid
from .lookup import filtered_objects

# The oldest makes room; who comes back to it goes on after the last name instead.
MAX_LISTINGS = 8

_CURSOR = re.compile(r"([0-9a-f]{8})\.(\d{1,9})\.(\d{1,9}):(.*)", re.DOTALL)


@dataclass
class Listing:
    key: tuple[Any, ...]  # what it is a list of
    entries: list[int] = member(default_factory=list)  # identities, in the order in which they are told
    names: list[str] = member(default_factory=list)  # what each was called when it was seen last
    # Valid for one generation: while nothing was edited, no object can have gone.
    objects: list[Any | None] = member(default_factory=list)
    generation: int | None = None
    matched: int = 0

    def bring_up_to_date(self, found: list[Any], generation: int) -> None:
        """`found` are the objects that match now, in name order."""
        there = {compat.identity(obj): obj for obj in found}
        places = {identity: place for place, identity in enumerate(self.entries)}
        # Before 4.1 undo may give an object another identity.
        strangers = {identity: obj.name for identity, obj in there.items() if identity not in places}
        by_name = {name: identity for identity, name in strangers.items()}
        for place, identity in enumerate(self.entries):
            if by_name and identity not in there and self.names[place] in by_name:
                self.entries[place] = by_name.pop(self.names[place])
                del strangers[self.entries[place]]
        self.entries += strangers
        self.names += strangers.values()
        self.objects = [there.get(identity) for identity in self.entries]
        self.names = [obj.name if obj is not None else name for obj, name in zip(self.objects, self.names)]
        self.matched = len(found)
        self.generation = generation

    def from_place(self, place: int) -> Iterator[tuple[int, Any]]:
        """(place, object) of those that are there, from that place on."""
        for index in range(place, len(self.objects)):
            obj = self.objects[index]
            if obj is not None:
                yield index, obj


class Listings:
    """Main thread only."""

    def __init__(self) -> None:
        self._epoch = uuid.uuid4().hex[:8]  # cursors of another Blender name none of these
        self._last_number = 0
        self._all: OrderedDict[int, Listing] = OrderedDict()

    def open(self, document: Document, scene: Any, conditions: dict[str, Any],
             cursor: str | None) -> tuple[int, Listing, int]:
        """(number, listing, place to go on from), the listing as things are now."""
        key = (document.loads, scene.name, repr(sorted(conditions.items())))
        number, place, after = self._read(cursor) if cursor is not None else (0, 0, None)
        listing = self._all.get(number)
        if listing is None or listing.key != key:
            number, listing = self._begin(key)
            listing.bring_up_to_date(filtered_objects(conditions), document.generation)
            place = bisect.bisect_right(listing.names, after) if after is not None else 0
        elif listing.generation != document.generation:
            listing.bring_up_to_date(filtered_objects(conditions), document.generation)
        self._all.move_to_end(number)
        return number, listing, place

    def cursor(self, number: int, place: int, last_name: str) -> str:
        text = f"{self._epoch}.{number}.{place}:{last_name}"
        return base64.urlsafe_b64encode(text.encode("utf-8", "surrogateescape")).decode()

    def _begin(self, key: tuple[Any, ...]) -> tuple[int, Listing]:
        self._last_number += 1
        self._all[self._last_number] = listing = Listing(key)
        while len(self._all) > MAX_LISTINGS:
            self._all.popitem(last=False)
        return self._last_number, listing

    def _read(self, cursor: str) -> tuple[int, int, str]:
        try:
            text = base64.b64decode(cursor.encode(), altchars=b"-_", validate=True).decode("utf-8", "surrogateescape")
        except (binascii.Error, ValueError):
            text = ""
        match = _CURSOR.fullmatch(text)
        if match is None:
            raise invalid("cursor is not one that get_scene_info gave out.", "cursor",
                          "Pass next_cursor of the previous page unchanged, or leave cursor out to start over.")
        return (int(match[2]) if match[1] == self._epoch else 0), int(match[3]), match[4]
