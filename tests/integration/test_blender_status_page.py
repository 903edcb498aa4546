"""The status page of a daemon with a Blender: as text, as a stream, and in a browser where there is one."""

from __future__ import annotations

import http.client
import signal
import unittest
from pathlib import Path

import browser
from client import Json
from status_stream import Watcher
from test_daemon_http import Server
from world import BLENDER, PATIENCE_S, World

PNG = b"\x89PNG\r\n\x1a\n"
EVIL = "<img src=x onerror=alert(1)>"


class WithBlender(unittest.TestCase):
    world: World
    server: Server

    @classmethod
    def setUpClass(cls) -> None:
        cls.world = World()
        cls.addClassCleanup(cls.world.close)
        cls.server = Server(cls.world, launch=("--blender", BLENDER, "--launch", "always"))
        cls.addClassCleanup(cls.server.close)

    def call(self, tool: str, **arguments: object) -> Json:
        result = self.server.modern("tools/call", {"name": tool, "arguments": arguments}, Mcp_Name=tool)
        self.assertNotIn("isError", result, result)
        return result


class StatusPageTest(WithBlender):
    def watch(self) -> Watcher:
        watcher = Watcher(self.server)
        self.addCleanup(watcher.close)
        return watcher

    def picture(self, **headers: str) -> tuple[int, str | None, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=PATIENCE_S)
        self.addCleanup(connection.close)
        connection.request("GET", "/status/picture", headers={"Authorization": f"Bearer {self.server.token}", **headers})
        response = connection.getresponse()
        return response.status, response.headers["ETag"], response.read()

    def test_an_edit_appears_while_one_watches(self) -> None:
        watcher = self.watch()
        self.call("create_objects", items=[{"kind": "cube", "name": "Watched"}])
        state = watcher.wait_for(lambda state: "create_objects" in state["ended"] and "Unsaved changes" in state["blenders"])
        self.assertIn("Ready", state["blenders"])
        self.assertRegex(state["blenders"], r"<td>\d+\.\d+\.\d+( LTS)?</td>")
        self.assertEqual(state["attention"], "")

    def test_what_runs_appears(self) -> None:
        self.call("get_scene_info")
        watcher = self.watch()
        self.call("execute_blender_code", code="import time\ntime.sleep(1.5)\nresult = 1")
        state = watcher.wait_for(lambda state: "execute_blender_code" in state["running"])
        if "Busy" not in state["blenders"]:
            state = watcher.wait_for(lambda state: "Busy" in state["blenders"])
        self.assertRegex(state["blenders"], r"execute\w* for <span data-since")
        watcher.wait_for(lambda state: "None" in state["running"] and "Ready" in state["blenders"])

    def test_the_picture_of_a_client(self) -> None:
        watcher = self.watch()
        sent = self.call("get_viewport_screenshot", max_size=64)
        state = watcher.wait_for(lambda state: "get_viewport_screenshot" in state["picture"])
        self.assertRegex(state["picture"], r'alt="Picture from get_viewport_screenshot for client-\d+, \d+ × \d+ pixels"')
        status, tag, image = self.picture()
        self.assertEqual((status, image[:8]), (200, PNG))
        self.assertEqual(len(image), sent["structuredContent"]["image"]["bytes"])
        self.assertEqual(self.picture(**{"If-None-Match": tag})[::2], (304, b""))
        self.call("get_viewport_screenshot", max_size=65)
        self.assertNotEqual(self.picture()[1], tag)

    def test_a_hostile_name_of_a_file(self) -> None:
        self.call("manage_file", action="save_as", path=str(self.world.folder / f"{EVIL}.blend"))
        page = self.server.ask("GET", "/")[2]
        self.assertIn("&lt;img src=x onerror=alert(1)&gt;.blend", page)
        self.assertNotIn(EVIL, page)


@unittest.skipUnless(browser.CHROMIUM, browser.MISSING)
class BrowserTest(WithBlender):
    def setUp(self) -> None:
        self.browser = browser.Browser()
        self.addCleanup(self.browser.close)

    def sign_in(self, server: Server | None = None) -> None:
        server = server or self.server
        self.browser.open(f"http://127.0.0.1:{server.port}/")
        self.enter(server.token)

    def enter(self, token: str) -> None:
        """With the keyboard alone."""
        self.browser.wait_for("location.pathname === '/login' && document.readyState === 'complete'")
        self.browser.press("Tab")
        self.browser.type(token)
        self.browser.press("Enter")
        self.browser.wait_for("document.body.dataset.connection === 'live'")

    def text(self, section: str) -> str:
        return self.browser.evaluate(f"document.getElementById('{section}').innerText")

    def save(self, name: str, image: bytes) -> None:
        if folder := browser.PICTURES:
            Path(folder, name).write_bytes(image)

    def test_a_wrong_token_is_told_to_everybody(self) -> None:
        self.browser.open(f"http://127.0.0.1:{self.server.port}/login")
        self.browser.press("Tab")
        self.browser.type("wrong")
        self.browser.press("Enter")
        self.browser.wait_for("!!document.querySelector('[role=alert]')")
        told = self.browser.accessible()
        self.assertIn(("textbox", "Token"), told)
        self.assertIn(("button", "Sign in"), told)
        self.assertIn("alert", [role for role, _ in told])
        self.save("sign-in.png", self.browser.look(320, 600))

    def test_what_happens_appears_by_itself(self) -> None:
        self.sign_in()
        self.call("create_objects", items=[{"kind": "cube", "name": "Seen"}])
        self.browser.wait_for("document.getElementById('ended').innerText.includes('create_objects')")
        self.call("get_viewport_screenshot", max_size=200)
        self.browser.wait_for("(document.querySelector('#picture img') || {}).naturalWidth === 200")
        self.call("manage_file", action="save_as", path=str(self.world.folder / f"{EVIL}.blend"))
        self.browser.wait_for(f"document.getElementById('blenders').innerText.includes('{EVIL}')")
        self.assertEqual(self.browser.evaluate("document.querySelectorAll('img').length"), 1)
        self.assertEqual(self.browser.complaints(), [])
        for url in self.browser.requested():
            self.assertTrue(url.startswith((f"http://127.0.0.1:{self.server.port}/", "about:")), url)
            self.assertNotIn(self.server.token, url)

    def test_rows_that_have_not_changed_are_left_alone(self) -> None:
        self.call("get_scene_info")
        self.sign_in()
        self.browser.wait_for("document.getElementById('ended').innerText.includes('get_scene_info')")
        self.browser.evaluate("document.querySelector('#blenders tr').mark = 1; document.querySelector('#picture').firstElementChild.mark = 2; 0")
        self.call("get_blender_status")
        self.browser.wait_for("document.querySelector('#ended tr').innerText.includes('get_blender_status')")
        self.assertEqual(self.browser.evaluate("document.querySelector('#picture').firstElementChild.mark"), 2)
        self.assertEqual(self.browser.evaluate("document.querySelector('#blenders tr').mark"), 1)

    def test_assistive_technology_and_the_keyboard(self) -> None:
        self.call("get_viewport_screenshot", max_size=200)
        self.sign_in()
        told = self.browser.accessible()
        for landmark in [("banner", ""), ("main", ""), ("region", "Blenders"), ("region", "Calls in progress"), ("region", "Last calls")]:
            self.assertIn(landmark, told)
        self.assertEqual([name for role, name in told if role == "heading"],
                         ["blender-mcpd", "Blenders", "Calls in progress", "Last calls", "Latest picture"])
        tables = [name for role, name in told if role == "table"]
        self.assertEqual(tables, ["Each Blender, its file and what it does", "Calls that run or wait, the oldest first",
                                  "Calls that have ended, the newest first"])
        self.assertIn(("columnheader", "Outcome"), told)
        self.assertIn(("rowheader", "main"), told)
        self.assertEqual([role for role, _ in told].count("status"), 2)
        pictures = [name for role, name in told if role in ("img", "image")]
        self.assertRegex(pictures[0], r"^Picture from get_viewport_screenshot for client-\d+, \d+ × \d+ pixels$")

        reached = []
        for _ in range(6):
            self.browser.press("Tab")
            reached.append(self.browser.evaluate(
                "(e => e === document.body ? 'end' : e.getAttribute('aria-labelledby') || e.innerText)(document.activeElement)"))
            if reached[-1] != "end":
                self.assertEqual(self.browser.evaluate("getComputedStyle(document.activeElement).outlineStyle"), "solid")
        self.assertEqual(reached[:5], ["Skip to content", "Sign out", "blenders-title", "running-title", "ended-title"])

    def test_it_fits_and_can_be_read_everywhere(self) -> None:
        self.call("get_viewport_screenshot", max_size=200)
        self.sign_in()
        for name, width, dark in (("light.png", 1000, False), ("dark.png", 1000, True), ("narrow.png", 320, False)):
            with self.subTest(name):
                self.save(name, self.browser.look(width, 1100, dark))
                self.assertLessEqual(self.browser.evaluate("document.documentElement.scrollWidth"), width)
                self.assertEqual([row for row in self.browser.evaluate(CONTRASTS) if row[1] < 4.5], [])

    def test_the_end_of_the_session_and_of_the_daemon(self) -> None:
        self.sign_in()
        self.browser.evaluate("document.querySelector('header form button').click()")
        self.browser.wait_for("location.pathname === '/login'")

        other = Server(self.world, BLENDER_MCPD_HTTP_TOKEN_FILE=str(self.world.folder / "other"))
        self.addCleanup(other.close)
        self.sign_in(other)
        Path(other.token_file).write_text("n" * 32)
        other.process.send_signal(signal.SIGHUP)
        self.enter("n" * 32)  # the page has noticed by itself
        self.assertEqual(other.stop(), 0)
        self.browser.wait_for("document.body.dataset.connection === 'lost'")
        self.assertIn("The daemon does not answer", self.text("connection"))
        self.assertIn("main", self.text("blenders"))


# Of each text against what is behind it, by the formula of WCAG 2.
CONTRASTS = """(() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => {
    const [r, g, b] = channels(colour).map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if ((channels(colour)[3] ?? 1) > 0) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  return [...document.querySelectorAll("body *")].filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
    .map((e) => {
      const [low, high] = [light(getComputedStyle(e).color), light(behind(e))].sort((a, b) => a - b);
      return [e.outerHTML.slice(0, 80), (high + 0.05) / (low + 0.05)];
    });
})()"""


if __name__ == "__main__":
    unittest.main()
