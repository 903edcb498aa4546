"""A runtime that is handed its connections needs no network."""

from __future__ import annotations

import json
import socket
import unittest

from harness import Blender, Client


class HandoverTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.blender = Blender(handover=True)
        cls.addClassCleanup(cls.blender.stop)

    def connect(self) -> Client:
        client = Client(self.blender.connect())
        self.addCleanup(client.close)
        return client

    def test_several_connections(self) -> None:
        first, second = self.connect(), self.connect()
        self.assertEqual(first.run("result = 1"), 1)
        self.assertEqual(second.run("result = 2"), 2)
        first.close()
        self.assertEqual(second.call("get_scene_info")["object_count"], 3)

    def test_there_is_no_port(self) -> None:
        self.assertIsNone(self.blender.ready["port"])
        listening = self.connect().run("""
import os
inodes = {os.readlink(f'/proc/self/fd/{fd}') for fd in os.listdir('/proc/self/fd') if os.path.lexists(f'/proc/self/fd/{fd}')}
result = [line for line in open('/proc/net/tcp').readlines()[1:] if f'socket:[{line.split()[9]}]' in inodes]
""")
        self.assertEqual(listening, [])

    def test_a_connection_without_the_token_is_closed(self) -> None:
        with self.blender.connect() as connection:
            hello = json.dumps({"hello": {"link": 1, "token": "wrong"}}).encode()
            connection.sendall(len(hello).to_bytes(4, "big") + bytes(4) + hello)
            self.assertEqual(connection.recv(1), b"")

    def test_a_packet_without_a_connection_does_no_harm(self) -> None:
        self.blender._near_end.send(b"c")
        self.assertEqual(self.connect().run("result = 3"), 3)

    def test_scripts_that_close_descriptors_do_not_close_it(self) -> None:
        client = self.connect()
        client.run("import os; os.closerange(3, 256)")
        self.assertEqual(self.connect().run("result = 4"), 4)


if __name__ == "__main__":
    unittest.main()
