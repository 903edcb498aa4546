"""set_scene through the daemon: files in allowed folders, one undo step, what errors tell."""

from __future__ import annotations

from client import DaemonTestCase

HDR = b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 1 +X 2\n" + bytes([128, 64, 32, 129] * 2)


class SetSceneTest(DaemonTestCase):
    def test_a_scene_is_set_up(self) -> None:
        client = self.start(env={"BLENDER_MCPD_TOOLS_SET": "full", "BLENDER_MCPD_FILES_ROOTS": str(self.world.home)})
        (self.world.home / "studio.hdr").write_bytes(HDR)
        client.do("manage_file", action="save_as", path=str(self.world.home / "scene.blend"))

        done = client.do("set_scene", world={"image": "studio.hdr", "rotation": 30, "strength": 2},
                         render={"engine": "workbench", "resolution": [64, 32], "percentage": 100},
                         frame={"end": 48, "fps": 24}, color_management={"view_transform": "Standard"})
        self.assertEqual(done["scene"]["world"]["image"], str(self.world.home / "studio.hdr"))
        self.assertEqual(done["scene"]["render"]["resolution"], [64, 32])
        self.assertEqual(done["changes"]["added"], ["image:studio.hdr"])
        info = client.do("get_scene_info")
        self.assertEqual((info["generation"], info["resolution"], info["frame"]["end"]), (done["generation"], [64, 32], 48))
        image = client.do("render")["image"]
        self.assertEqual((image["width"], image["height"]), (64, 32))

        text = client.refuse("set_scene", color_management={"view_transform": "Filmik"}, frame={"end": 99})
        for part in ("color_management.view_transform", "Filmic", "Standard", "Nothing was changed"):
            self.assertIn(part, text)
        self.assertIn("world.image", client.refuse("set_scene", world={"image": "/etc/passwd"}))
        self.assertEqual(client.do("get_scene_info")["frame"]["end"], 48)

        client.do("history", action="undo")
        self.assertEqual(client.do("get_scene_info")["frame"]["end"], 250)

        steps = [{"tool": "set_scene", "arguments": {"world": {"image": "studio.hdr"}}},
                 {"tool": "set_scene", "arguments": {"camera": "Camera"}}]
        client.do("batch", steps=steps)
        self.assertEqual(client.run("result = [i.filepath for i in D.images if i.name == 'studio.hdr']"),
                         ["//studio.hdr"])
        steps[0]["arguments"]["world"]["image"] = "/etc/passwd"
        self.assertIn("steps[0].arguments.world.image", client.refuse("batch", steps=steps))
