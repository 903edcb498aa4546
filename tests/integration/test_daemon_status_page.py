"""The status page without a Blender and without a browser."""

from __future__ import annotations

import re
import signal
import unittest
import urllib.parse

from status_stream import Watcher
from test_daemon_http import Server, ServerCase


class StatusPageTest(ServerCase):
    def watch(self, server: Server, **headers: str) -> Watcher:
        watcher = Watcher(server, **headers)
        self.addCleanup(watcher.close)
        return watcher

    def sign_in(self, server: Server, token: str) -> tuple[int, str]:
        """The status and the cookie."""
        status, headers, _ = server.ask("POST", "/login", urllib.parse.urlencode({"token": token}), authorization=None,
                                        Content_Type="application/x-www-form-urlencoded")
        return status, headers.get("Set-Cookie", "").partition(";")[0]

    def test_where_it_is_is_said(self) -> None:
        server = self.serve()
        self.assertIn(f"the status page is http://127.0.0.1:{server.port}/\n", server.log())
        self.assertNotIn("status page", self.serve(BLENDER_MCPD_HTTP_STATUS_PAGE="false").log())

    def test_a_browser_signs_in(self) -> None:
        server = self.serve("--log-level", "trace")
        status, headers, _ = server.ask("GET", "/", authorization=None)
        self.assertEqual((status, headers["Location"]), (303, "/login"))
        status, _, form = server.ask("GET", "/login", authorization=None)
        self.assertEqual(status, 200)
        self.assertIn('<form method="post" action="/login">', form)
        self.assertEqual(self.sign_in(server, "0" * 64)[0], 403)
        status, cookie = self.sign_in(server, server.token)
        self.assertEqual(status, 303)
        self.assertNotIn(server.token, cookie)
        status, headers, page = server.ask("GET", "/", authorization=None, Cookie=cookie)
        self.assertEqual(status, 200)
        self.assertIn("<h1>blender-mcpd</h1>", page)
        self.assertIn("Sign out", page)
        self.assertIn("default-src 'none'", headers["Content-Security-Policy"])
        self.assertEqual(server.ask("POST", "/mcp", "{}", authorization=None, Cookie=cookie)[0], 401)
        self.assertEqual(server.ask("POST", "/logout", "", authorization=None, Cookie=cookie, Content_Type=None)[0], 303)
        self.assertEqual(server.ask("GET", "/", authorization=None, Cookie=cookie)[0], 303)
        self.assertNotIn(server.token, server.log())
        self.assertNotIn(cookie.partition("=")[2], server.log())

    def test_without_a_token_it_is_open(self) -> None:
        server = self.serve("--no-auth")
        status, _, page = server.ask("GET", "/")
        self.assertEqual(status, 200)
        self.assertNotIn("Sign out", page)

    def test_what_it_shows_before_anything_has_happened(self) -> None:
        server = self.serve()
        status, _, page = server.ask("GET", "/")
        self.assertEqual(status, 200)
        self.assertRegex(page, r'<th scope="row">main</th><td><span class="not_running">Not running')
        self.assertIn("None yet", page)
        self.assertEqual(server.ask("GET", "/status/picture")[0], 404)
        for path in set(re.findall(r'(?:src|href)="(/[^"]*)"', page)):
            with self.subTest(path):
                self.assertEqual(server.ask("GET", path, authorization=None)[0], 200)

    def test_calls_appear_and_their_arguments_do_not(self) -> None:
        server = self.serve()
        watcher = self.watch(server)
        watcher.next()
        call = {"name": "get_scene_info", "arguments": {"detail": "s3cret"}}
        server.modern("tools/call", call, Mcp_Name="get_scene_info")
        state = watcher.wait_for(lambda state: "get_scene_info" in state["ended"])
        self.assertIn("Failed</span>: invalid", state["ended"])
        self.assertNotIn("s3cret", str(state))
        self.assertNotIn(server.token, str(state))
        self.assertIn("get_scene_info", server.ask("GET", "/")[2])

    def test_the_end_of_the_daemon_ends_the_stream(self) -> None:
        server = self.serve()
        watcher = self.watch(server)
        watcher.next()
        self.assertEqual(server.stop(signal.SIGTERM), 0)
        self.assertIsNone(watcher.next())

    def test_it_can_be_turned_off_while_it_runs(self) -> None:
        config = self.world.folder / "config.toml"
        config.write_text("")
        server = self.serve("--config", str(config))
        watcher = self.watch(server)
        watcher.next()
        config.write_text("[http]\nstatus_page = false\n")
        server.process.send_signal(signal.SIGHUP)
        self.assertIsNone(watcher.next())
        self.assertEqual(server.ask("GET", "/")[0], 404)
