"""The thirteen regular expressions of the predecessor's list of dangerous patterns, as data to compare with.

They were written for JavaScript with its `i` flag. There \\w and \\b know ASCII only, letters fold within ASCII only, but \\s
knows every Unicode space: compiled() reproduces that.
"""

import re

# (pattern, what it is meant to find)
PATTERNS = (
    (r"\bos\s*\.\s*system", "OS system call"),
    (r"\bsubprocess\s*\.\s*\w+", "Subprocess module"),
    (r"\beval\s*\(", "Eval call"),
    (r"\bexec\s*\(", "Exec call"),
    (r"\b__import__\s*\(", "Import call"),
    (r"\bopen\s{0,5}\(\s{0,5}['\"][wa]", "File write"),
    (r"\b__builtins__", "Builtins access"),
    (r"\[\s*['\"]system['\"]\s*\]", "Bracket system access"),
    (r"\[\s*['\"]eval['\"]\s*\]", "Bracket eval access"),
    (r"\[\s*['\"]exec['\"]\s*\]", "Bracket exec access"),
    (r"\brmtree\s*\(", "Directory deletion"),
    (r"\bunlink\s*\(", "File deletion"),
    (r"\bremove\s*\(", "File removal"),
)

_JAVASCRIPT_SPACE = r"[\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]"


def compiled():
    """The patterns ready for search(), with their descriptions."""
    return [(re.compile(pattern.replace(r"\s", _JAVASCRIPT_SPACE), re.IGNORECASE | re.ASCII), what) for pattern, what in PATTERNS]
