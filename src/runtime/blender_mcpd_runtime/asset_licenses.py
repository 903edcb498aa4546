"""What the licence of an asset asks of those who show it, as far as its name tells."""

from __future__ import annotations

import re

REQUIRED, NOT_REQUIRED, UNKNOWN = "required", "not_required", "unknown"

# As _words() has them. Only a name that is known as a whole frees from naming the author.
_FREE = {"cc0", "cc 0", "cc zero", "creative commons 0", "creative commons zero", "public domain", "cc pdm", "pdm", "unlicense",
         "0bsd", "mit 0"}
# Licences whose text asks that the notice of its authors stays.
_NOTICES = {"mit", "apache", "bsd", "isc", "zlib", "gpl", "lgpl", "agpl", "mpl", "ofl", "gfdl", "fal"}
_FREE_URL, _ATTRIBUTION_URL = "creativecommons.org/publicdomain/", "creativecommons.org/licenses/by"


def attribution(license: str, url: str = "") -> str:
    """Whether the author must be named: `required`, `not_required`, or `unknown`, where a person has to read it."""
    words = _words(license)
    if _is_free(words):
        return NOT_REQUIRED
    is_attribution = "attribution" in words and "no" not in words
    if words[:1] == ["cc"] and "by" in words or is_attribution or words and words[0].rstrip("v0123456789") in _NOTICES:
        return REQUIRED
    if words:
        return UNKNOWN
    if _FREE_URL in url:
        return NOT_REQUIRED
    return REQUIRED if _ATTRIBUTION_URL in url else UNKNOWN


def _is_free(words: list[str]) -> bool:
    """With or without its version."""
    for end in range(len(words), 0, -1):
        if " ".join(words[:end]) in _FREE:
            return True
        if not re.fullmatch(r"\d+|universal|dedication", words[end - 1]):
            return False
    return False


def _words(license: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", license.casefold())
