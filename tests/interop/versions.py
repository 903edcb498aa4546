"""The client versions that the daemon is tested with. A new version gets a folder of its own in the cache."""

from __future__ import annotations

PYTHON = {"mcp": "2.3.0"}

NPM = {
    "@modelcontextprotocol/sdk": "1.32.2",
    "@modelcontextprotocol/client": "2.4.0",
    "@modelcontextprotocol/ext-tasks": "0.2.2",
    "@modelcontextprotocol/inspector": "2.12.0",
}

LEGACY = "2025-11-25"
MODERN = "2026-07-28"
