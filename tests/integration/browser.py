"""A headless Chromium, driven over the DevTools protocol through a pair of pipes."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from world import PATIENCE_S, wait_until

Json = dict[str, Any]
CHROMIUM = os.environ.get("BLENDER_MCPD_TEST_CHROMIUM") or shutil.which("chromium")
# Where the pictures of the page are put, for who wants to see them.
PICTURES = os.environ.get("BLENDER_MCPD_TEST_PICTURES")
MISSING = "Chromium is not there: scripts/setup browser installs it"
KEYS = {"Tab": 9, "Enter": 13}


class Browser:
    """One browser with one page."""

    def __init__(self) -> None:
        self._folder = tempfile.mkdtemp(prefix="mcpd-browser-")
        command_read, self._command = os.pipe()
        self._answers, answer_write = os.pipe()
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                     "--disable-background-networking", "--disable-component-update", "--hide-scrollbars",
                     f"--user-data-dir={self._folder}", "--remote-debugging-pipe", "about:blank"]

        # The protocol's pipes are the descriptors 3 and 4 of the browser.
        script = 'exec "$0" "$@" 3<&"$COMMANDS" 4>&"$ANSWERS"'
        self.process = subprocess.Popen(
            ["bash", "-c", script, CHROMIUM, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, pass_fds=(command_read, answer_write), start_new_session=True,
            env={**os.environ, "HOME": self._folder, "LANG": "en_GB.UTF-8", "COMMANDS": str(command_read), "ANSWERS": str(answer_write)})
        os.close(command_read)
        os.close(answer_write)
        self._buffer = b""
        self._last_id = 0
        self._session: str | None = None
        self.events: list[Json] = []
        target = self.do("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.do("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Accessibility", "Network"):
            self.do(f"{domain}.enable")

    def _message(self) -> Json:
        give_up = time.monotonic() + PATIENCE_S
        while b"\0" not in self._buffer:
            if not select.select([self._answers], [], [], max(0.0, give_up - time.monotonic()))[0]:
                raise AssertionError("the browser does not answer")
            part = os.read(self._answers, 1 << 20)
            assert part, "the browser has ended"
            self._buffer += part
        message, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(message)

    def do(self, method: str, **params: Any) -> Json:
        self._last_id += 1
        message = {"id": self._last_id, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._command, data):]
        while True:
            answer = self._message()
            if answer.get("id") == self._last_id:
                assert "result" in answer, (method, answer)
                return answer["result"]
            self.events.append(answer)

    def evaluate(self, expression: str) -> Any:
        done = self.do("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in done, done
        return done["result"].get("value")

    def wait_for(self, condition: str) -> None:
        """Also while the page is another one, or is not there yet."""
        expression = f"(() => {{ try {{ return !!({condition}) }} catch {{ return false }} }})()"

        def holds() -> bool:
            try:
                return self.evaluate(expression)
            except AssertionError as error:
                if "context" in str(error) or "navigated" in str(error):
                    return False
                raise
        wait_until(holds, lambda: f"{condition} does not hold in {self.evaluate('document.body.innerText')}")

    def open(self, url: str) -> None:
        self.do("Page.navigate", url=url)  # returns when the address is that of the new page
        self.wait_for("document.readyState === 'complete'")

    def press(self, key: str) -> None:
        what = {"key": key, "code": key, "windowsVirtualKeyCode": KEYS[key]}
        self.do("Input.dispatchKeyEvent", type="keyDown", **what, **({"text": "\r"} if key == "Enter" else {}))
        self.do("Input.dispatchKeyEvent", type="keyUp", **what)

    def type(self, text: str) -> None:
        self.do("Input.insertText", text=text)

    def accessible(self) -> list[tuple[str, str]]:
        """(role, name) of what assistive technology is told of, in the order of the page."""
        nodes = self.do("Accessibility.getFullAXTree")["nodes"]
        return [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node["ignored"]]

    def look(self, width: int, height: int, dark: bool = False) -> bytes:
        """A picture of the page, as PNG, in a window of that size."""
        self.do("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
                    {"name": "prefers-reduced-motion", "value": "reduce"}]
        self.do("Emulation.setEmulatedMedia", features=features)
        return base64.b64decode(self.do("Page.captureScreenshot", format="png")["data"])

    def complaints(self) -> list[str]:
        """What the browser has said against the page."""
        self.evaluate("1")
        found = [event["params"]["entry"] for event in self.events if event.get("method") == "Log.entryAdded"]
        thrown = [json.dumps(event["params"]) for event in self.events if event.get("method") == "Runtime.exceptionThrown"]
        return [f"{entry['text']} {entry.get('url', '')}" for entry in found if entry["level"] == "error"] + thrown

    def requested(self) -> list[str]:
        return [event["params"]["request"]["url"] for event in self.events if event.get("method") == "Network.requestWillBeSent"]

    def close(self) -> None:
        for fd in (self._command, self._answers):
            os.close(fd)
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait(PATIENCE_S)
        shutil.rmtree(Path(self._folder), ignore_errors=True)
