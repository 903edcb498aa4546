"""edit_nodes through the daemon: a textured material that renders, geometry nodes, refusals, undo, steps of a batch."""

from __future__ import annotations

from client import DaemonTestCase

HDR = b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 1 +X 2\n" + bytes([128, 64, 32, 129] * 2)
PRINCIPLED = "ShaderNodeBsdfPrincipled"


class NodesTest(DaemonTestCase):
    def test_nodes_are_built_and_used(self) -> None:
        client = self.start(env={"BLENDER_MCPD_TOOLS_SET": "full", "BLENDER_MCPD_FILES_ROOTS": str(self.world.home)})
        path = self.world.home / "Holz ä.hdr"
        path.write_bytes(HDR)
        tree = {"kind": "material", "name": "Holz"}
        made = client.do("edit_nodes", tree=tree, layout=True, operations=[
            {"add": "Image Texture", "name": "Wood", "image": str(path)},
            {"link": [["Wood", "Color"], [PRINCIPLED, "Base Color"]]},
            {"set": PRINCIPLED, "values": {"Specular": 0.25, "Roughness": 0.75}}])
        self.assertEqual(sorted(made["changes"]["added"]), ["image:Holz ä.hdr", "material:Holz"])
        self.assertEqual(len(made["tree"]["links"]), 2)
        client.do("set_material", objects=["Cube"], material={"name": "Holz"})
        client.do("edit_nodes", tree={"kind": "geometry", "object": "Cube"}, operations=[
            {"add": "Subdivision Surface", "name": "Smooth", "values": {"Level": 2}},
            {"link": [["Group Input", "Geometry"], ["Smooth", "Mesh"]]},
            {"link": [["Smooth", "Mesh"], ["Group Output", "Geometry"]]}])
        self.assertEqual(client.run("""
mesh = D.objects['Cube'].evaluated_get(C.evaluated_depsgraph_get()).to_mesh()
result = len(mesh.polygons)"""), 96)
        image = client.do("render", engine="cycles", samples=1, resolution=[32, 32])["image"]
        self.assertEqual(image["width"], 32)

        before = client.do("edit_nodes", tree=tree)["tree"]
        text = client.refuse("edit_nodes", tree=tree, operations=[
            {"set": PRINCIPLED, "values": {"Metallic": 1}}, {"set": PRINCIPLED, "values": {"Rougness": 1}}])
        for part in ("operations[1].values.Rougness", "Nearest: Roughness", "Nothing was changed"):
            self.assertIn(part, text)
        self.assertIn("operations[0].image", client.refuse("edit_nodes", tree=tree, operations=[
            {"set": "Wood", "image": "/etc/passwd"}]))
        self.assertEqual(client.do("edit_nodes", tree=tree)["tree"], before)

        step = {"tool": "edit_nodes", "arguments": {"tree": tree, "operations": [{"remove": "Wood"}]}}
        text = client.refuse("batch", steps=[step, step])
        self.assertIn("steps[1].arguments.operations[0].remove", text)
        self.assertEqual(client.do("edit_nodes", tree=tree)["tree"], before)
        client.do("batch", steps=[step])
        self.assertEqual(len(client.do("edit_nodes", tree=tree)["tree"]["nodes"]), 2)
        client.do("history", action="undo")
        self.assertEqual(client.do("edit_nodes", tree=tree)["tree"], before)
