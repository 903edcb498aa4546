"""The versions of the official conformance suite, and how many scenarios each of its contracts has."""

from __future__ import annotations

# name in node_modules -> what npm installs under it. The newest is the first that knows the modern revision and the
# requirements of a revision; the stable one is what `npx` runs.
PACKAGES = {
    "conformance-newest": "npm:@modelcontextprotocol/conformance@0.2.0-alpha.12",
    "conformance-stable": "npm:@modelcontextprotocol/conformance@0.1.16",
}

LEGACY = "2025-11-25"
MODERN = "2026-07-28"
STABLE = "0.1.16"

# A run that scored another number of scenarios was no run of the contract.
SCORED = {LEGACY: 30, MODERN: 37, STABLE: 30}
