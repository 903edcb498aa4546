"""What assets of each provider make of a scene: found, looked at, imported, rendered, and taken back."""

from __future__ import annotations

import base64
from typing import Any, Callable

import png
from asset_servers import AmbientCg, PolyHaven, makers
from client import Client, Json, SharedDaemonTestCase, error_text
from keyed_asset_servers import PolyPizza, Sketchfab
from world import World

# Pictures are small, and quick to make.
RENDER = """
import math
scene = C.scene
scene.render.engine, scene.cycles.samples, scene.cycles.use_denoising, scene.cycles.max_bounces = 'CYCLES', 4, False, 0
scene.render.resolution_x = scene.render.resolution_y = 100
scene.render.resolution_percentage, scene.render.image_settings.file_format = 100, 'PNG'
scene.view_settings.view_transform = 'Standard'
scene.world = D.worlds.new('Before')
scene.camera = D.objects.new('Eye', D.cameras.new('Eye'))
scene.camera.location, scene.camera.rotation_euler = (0, -5, 0), (math.pi / 2, 0, 0)
scene.collection.objects.link(scene.camera)
"""
# A wall of 2 m, seen from the front by a camera that shows 2 m, in light that leaves its colours as they are.
STAGE = RENDER + """
scene.world.color = (0, 0, 0)
mesh = D.meshes.new('Wall')
mesh.from_pydata([(-1, 1, -1), (1, 1, -1), (1, 1, 1), (-1, 1, 1)], [], [(0, 1, 2, 3)])
for corner, uv in zip(mesh.uv_layers.new().data, ((0, 0), (1, 0), (1, 1), (0, 1))):
    corner.uv = uv
scene.collection.objects.link(D.objects.new('Wall', mesh))
sun = D.objects.new('Sun', D.lights.new('Sun', 'SUN'))
sun.rotation_euler, sun.data.energy = (1, 0, 0), math.pi  # from above, or smooth things shine
scene.collection.objects.link(sun)
scene.camera.data.type, scene.camera.data.ortho_scale = 'ORTHO', 2
"""
# A ball before the sky, in no other light.
BALL = RENDER + """
scene.world.color = (0.25, 0.5, 0.75)
scene.view_settings.exposure = -3
bpy.ops.mesh.primitive_uv_sphere_add(segments=24, ring_count=12)
bpy.ops.object.shade_smooth()
"""
# What drives each input of the shader and of the output: the types of the nodes on the way, and the map with its colour space.
CHAINS = """
def chain(socket):
    link = socket.links[0]
    node = link.from_node
    if node.type == 'TEX_IMAGE':
        space = node.image.colorspace_settings
        assert node.image.has_data, node.image.filepath
        return [node.label + ': ' + space.name]
    follow = [s for s in node.inputs if s.is_linked and s.type != 'SHADER']
    return [node.type + '.' + link.from_socket.name] + [part for s in follow for part in chain(s)]
tree = D.materials[NAME].node_tree
ends = [n for n in tree.nodes if n.type in ('BSDF_PRINCIPLED', 'OUTPUT_MATERIAL')]
result = {s.name: chain(s) for n in ends for s in n.inputs if s.is_linked and s.name != 'Surface'}
"""
LICENSES = {"local": None, "sketchfab": "CC-BY-4.0", "polypizza": "CC-BY-3.0"}  # of the user's own only the user knows; else CC0
COLOR, NORMAL, ROUGHNESS = ["Color: sRGB"], ["NORMAL_MAP.Normal", "Normal: Non-Color"], ["Roughness: Non-Color"]


class AssetScenesTest(SharedDaemonTestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.world = World()
        cls.addClassCleanup(cls.world.close)
        cls.polyhaven, cls.ambientcg, sketchfab, polypizza = PolyHaven(), AmbientCg(), Sketchfab(), PolyPizza()
        for server in (cls.polyhaven, cls.ambientcg, sketchfab, polypizza):
            cls.addClassCleanup(server.close)
        own, cls.pictures = cls.world.folder / "own assets", cls.world.folder / "pictures"
        own.mkdir()
        cls.pictures.mkdir()
        maps = makers.bricks()
        for role, name in (("color", "Color"), ("normal_dx", "NormalDX"), ("roughness", "Rough"), ("displacement", "Height")):
            (own / f"Brick Yard_{name}.png").write_bytes(maps[role])
        (own / "evening.exr").write_bytes(makers.exr())
        makers.write_glb(own / "pillar.glb", (0.2, 1, 0.2))
        (own / "pillar.png").write_bytes(makers.flat((1, 2, 3)))
        cls.client = Client(cls.world, env={
            "BLENDER_MCPD_TOOLS_SET": "full", "BLENDER_MCPD_ASSETS_POLYHAVEN_URL": cls.polyhaven.url,
            "BLENDER_MCPD_ASSETS_AMBIENTCG_URL": cls.ambientcg.url, "BLENDER_MCPD_ASSETS_FOLDERS": str(own),
            "BLENDER_MCPD_ASSETS_SKETCHFAB_URL": sketchfab.url, "BLENDER_MCPD_ASSETS_SKETCHFAB_TOKEN": Sketchfab.token,
            "BLENDER_MCPD_ASSETS_POLYPIZZA_URL": polypizza.url, "BLENDER_MCPD_ASSETS_POLYPIZZA_KEY": PolyPizza.key,
            "BLENDER_MCPD_ASSETS_CACHE_FOLDER": str(cls.world.folder / "asset cache"),
            "BLENDER_MCPD_FILES_ROOTS": str(cls.pictures)})
        cls.addClassCleanup(cls.client.close)
        cls.client.initialize()

    def setUp(self) -> None:
        self.client.do("manage_file", action="new", use_empty=True, discard_changes=True)

    # The way of an asset

    def find(self, provider: str, query: str, kind: str) -> str:
        """The id of what is found first."""
        found = self.client.do("search_assets", query=query, provider=provider, kind=kind)["assets"][0]
        self.assertEqual((found["provider"], found["kind"]), (provider, kind))
        return found["id"]

    def import_(self, provider: str, query: str, kind: str, **arguments: Json) -> Json:
        """What the import says. It is one undo step, and all that came tells where it is from."""
        before = self.state()
        told = self.client.do("import_asset", provider=provider, id=self.find(provider, query, kind), **arguments)
        self.assertEqual((told["asset"]["provider"], told["asset"]["kind"]), (provider, kind))
        undone = self.client.do("history", action="undo")
        self.assertEqual((undone["steps"], self.state()), ([f"Import {told['asset']['name']}"], before))
        self.client.do("history", action="redo")
        self.check_origin(told["asset"], told["imported"]["created"])
        return told["imported"]

    def check_origin(self, asset: Json, created: Json) -> None:
        came = {kind: names for kind, names in created.items() if kind != "collections"}  # these may be the user's
        origins = self.client.run("names = ('provider', 'id', 'title', 'license')\n"
                                  "result = [[getattr(D, kind)[name]['blender_mcpd_asset'].get(told) for told in names]"
                                  f" for kind, all in {came!r}.items() for name in all]")
        self.assertTrue(origins)
        for origin in origins:
            self.assertEqual(origin, [asset["provider"], asset["id"], asset["name"], LICENSES.get(asset["provider"], "CC0-1.0")])

    def state(self) -> Any:
        return self.client.run("""
result = [sorted(set(getattr(D, kind).keys()) - {'Render Result'})
          for kind in ('objects', 'meshes', 'materials', 'images', 'worlds', 'collections')]
result += [C.scene.world.name, list(C.scene.world.color), [[slot.name for slot in o.material_slots] for o in D.objects]]""")

    def picture(self) -> png.Picture:
        path = self.pictures / "picture.png"
        # As large as Cycles would have it, the map of where light comes from takes seconds.
        self.client.run("cycles = C.scene.world.cycles\ncycles.sampling_method, cycles.sample_map_resolution = 'MANUAL', 64\n"
                        f"bpy.ops.render.render()\nD.images['Render Result'].save_render({str(path)!r})")
        return png.read(path.read_bytes())

    # Surfaces

    def chains(self, material: str) -> Json:
        return self.client.run(f"NAME = {material!r}\n{CHAINS}")

    def check_wall(self, bands: int, picture: png.Picture | None = None) -> None:
        """Red bricks, that many rows of them, with grey between; and no pink, which is what Blender paints for a missing image."""
        picture = picture or self.picture()
        self.assertEqual([pixel for pixel in picture.pixels if is_pink(pixel)], [])
        self.assertGreater(share(picture.pixels, is_red), 0.5)
        rows = [picture.pixels[at:at + picture.width] for at in range(0, len(picture.pixels), picture.width)]
        joints = [share(row, is_red) < 0.4 for row in rows]
        self.assertEqual(sum(here and not above for above, here in zip([False, *joints], joints)), bands)

    def test_a_texture_of_poly_haven(self) -> None:
        self.client.run(STAGE)
        told = self.import_("polyhaven", "red bricks", "texture", objects=["Wall"])
        self.assertEqual(self.chains(told["material"]), {"Base Color": COLOR, "Normal": NORMAL, "Roughness": ROUGHNESS})
        self.assertEqual(told["tiling"]["repeats"][:2], [2, 2])  # of 1 m, on a wall of 2 m
        self.check_wall(16)
        # The Blender that renders is another one.
        self.check_wall(16, shown(self.client.call("render", {"samples": 4})))

    def test_a_packed_map_and_relief(self) -> None:
        self.client.run(STAGE)
        told = self.import_("polyhaven", "old wall", "texture", objects=["Wall"], displacement="displacement", scale=0.5)
        self.assertEqual(self.chains(told["material"]), {
            "Base Color": ["MIX.Result", *COLOR, "SEPARATE_COLOR.Red", "AO, Roughness, Metallic: Non-Color"],
            "Roughness": ["SEPARATE_COLOR.Green", "AO, Roughness, Metallic: Non-Color"],
            "Metallic": ["SEPARATE_COLOR.Blue", "AO, Roughness, Metallic: Non-Color"],
            "Normal": NORMAL, "Displacement": ["DISPLACEMENT.Displacement", "Displacement: Non-Color"]})
        self.assertEqual(self.client.run("m = D.materials['Old Wall']\n"
                                         "result = getattr(m, 'displacement_method', None) or m.cycles.displacement_method"),
                         "DISPLACEMENT")
        self.check_wall(4)

    def test_a_material_of_ambientcg(self) -> None:
        self.client.run(STAGE)
        told = self.import_("ambientcg", "planks", "texture", objects=["Wall"], resolution="1k", scale=1)
        self.assertEqual(self.chains(told["material"]), {"Base Color": COLOR, "Normal": NORMAL, "Roughness": ROUGHNESS})
        self.check_wall(8)

    def test_a_texture_of_the_users_own(self) -> None:
        self.client.run(STAGE + "mesh.uv_layers.remove(mesh.uv_layers[0])")
        told = self.import_("local", "yard", "texture", objects=["Wall"], displacement="bump")
        chains = self.chains(told["material"])
        self.assertEqual((chains["Base Color"], chains["Roughness"]), (COLOR, ROUGHNESS))
        self.assertEqual((chains["Normal"][:2], set(chains["Normal"][2:]) - {"SEPARATE_COLOR.Red", "SEPARATE_COLOR.Green",
                                                                            "SEPARATE_COLOR.Blue", "MATH.Value"}),
                         (["NORMAL_MAP.Normal", "COMBINE_COLOR.Color"], {"Normal (DirectX): Non-Color"}))
        self.assertEqual(chains["Displacement"], ["DISPLACEMENT.Displacement", "Displacement: Non-Color"])
        self.assertEqual(told["tiling"]["projection"], "box")
        self.check_wall(16)

    # Environments

    def sides(self) -> tuple[float, float]:
        """How bright the ball is on the left and on the right, on average."""
        picture = self.picture()

        def brightness(columns: range) -> float:
            pixels = [picture.pixels[y * picture.width + x] for y in range(30, 50) for x in columns]
            return sum(sum(pixel[:3]) for pixel in pixels) / len(pixels) / 3

        return brightness(range(26, 38)), brightness(range(62, 74))

    def check_sky(self, image: str, rotation: float, strength: float) -> None:
        """Of the scene's world, node by node."""
        nodes, *values = self.client.run("""
background = C.scene.world.node_tree.get_output_node('ALL').inputs['Surface'].links[0].from_node
sky = background.inputs['Color'].links[0].from_node
mapping = sky.inputs['Vector'].links[0].from_node
space = sky.image.colorspace_settings
assert sky.image.has_data and sky.image.is_float and not space.is_data and space.name != 'sRGB', space.name
result = [[n.type for n in (background, sky, mapping)] + [mapping.inputs['Vector'].links[0].from_socket.name], sky.image.name,
          round(mapping.inputs['Rotation'].default_value.z * 180 / 3.14159265, 3), background.inputs['Strength'].default_value]""")
        self.assertEqual(nodes, ["BACKGROUND", "TEX_ENVIRONMENT", "MAPPING", "Generated"])
        self.assertEqual(values, [image, rotation, strength])

    def test_an_environment_of_poly_haven(self) -> None:
        self.client.run(BALL)
        told = self.import_("polyhaven", "sky", "hdri", rotation_degrees=90)
        self.check_sky("quiet_sky_1k.hdr", 90, 1)
        self.assertEqual((told["world"]["name"], told["previous_world"]), ("Quiet Sky", "Before"))
        self.assertEqual(self.client.run("w = D.worlds['Before']\nresult = [w.use_fake_user, list(w.color)]"),
                         [True, [0.25, 0.5, 0.75]])
        left, right = self.sides()  # in the file, the sun is behind the ball
        self.assertGreater(right, left * 1.5)
        self.import_("polyhaven", "sky", "hdri", rotation_degrees=-90, strength=0.25)
        self.check_sky("quiet_sky_1k.hdr", -90, 0.25)
        dim_left, dim_right = self.sides()
        self.assertGreater(dim_left, dim_right * 1.5)
        self.assertLess(dim_left, right * 0.8)

    def test_environments_of_ambientcg(self) -> None:
        self.client.run(BALL)
        for resolution, rotation in (("1k", 90), ("2k", -90)):
            with self.subTest(resolution):  # the first one is in an archive
                self.import_("ambientcg", "day", "hdri", rotation_degrees=rotation, resolution=resolution)
                self.check_sky(f"DayEnvironmentHDRI001_{resolution.upper()}-HDR.exr", rotation, 1)
                left, right = self.sides()
                self.assertGreater(max(left, right), min(left, right) * 1.5)
                self.assertEqual(right > left, rotation > 0)

    def test_an_environment_of_the_users_own_in_the_world_that_is_there(self) -> None:
        self.client.run(BALL)
        self.client.do("import_asset", provider="polyhaven", id="quiet_sky", rotation_degrees=-90, strength=2)
        told = self.import_("local", "evening", "hdri", world="replace")
        self.check_sky("evening.exr", -90, 2)
        self.assertEqual((told["world"]["name"], told["previous_image"]), ("Quiet Sky", "quiet_sky_1k.hdr"))
        left, right = self.sides()
        self.assertGreater(left, right * 1.5)

    # Models

    def box(self, colour: str) -> list[float]:
        """Where that colour is in the picture, in metres: left, right, below, above."""
        picture = self.picture()
        wanted = {"green": is_green, "red": is_red}[colour]
        places = [(index % 100, index // 100) for index, pixel in enumerate(picture.pixels) if wanted(pixel)]
        self.assertTrue(places, f"nothing {colour} in the picture")
        self.assertEqual([pixel for pixel in picture.pixels if is_pink(pixel)], [])
        columns, rows = zip(*places)
        return [(min(columns) - 50) / 50, (max(columns) + 1 - 50) / 50, (49 - max(rows)) / 50, (50 - min(rows)) / 50]

    def check_box(self, colour: str, *expected: float) -> None:
        for found, wanted in zip(self.box(colour), expected):
            self.assertAlmostEqual(found, wanted, delta=0.03)

    def test_a_model_of_poly_haven(self) -> None:
        self.client.run(STAGE)
        told = self.import_("polyhaven", "stool", "model", location=[0.5, 0, -0.8])
        self.assertVector(told["dimensions"], [0.4, 0.4, 0.6])
        self.check_box("green", 0.3, 0.7, -0.8, -0.2)

    def test_a_model_of_ambientcg(self) -> None:
        self.client.run(STAGE)
        told = self.import_("ambientcg", "crate", "model", location=[-0.4, 0, 0], target_size=0.8, collection="Store")
        self.assertVector(told["dimensions"], [0.8, 0.8, 0.4])
        self.assertEqual(self.client.run(f"result = [c.name for c in D.objects[{told['root']!r}].users_collection]"), ["Store"])
        self.check_box("red", -0.8, 0, 0, 0.4)

    def test_a_model_of_the_users_own_in_centimetres(self) -> None:
        self.client.run(STAGE + "scene.unit_settings.scale_length = 0.01\nscene.camera.data.ortho_scale = 200\n"
                        "scene.camera.location.y = -90\nmesh.transform(__import__('mathutils').Matrix.Scale(100, 4))")
        told = self.import_("local", "pillar", "model", location=[0, 0, -50], rotation=[0, 90, 0])
        self.assertVector(told["dimensions"], [100, 20, 20])
        self.check_box("green", -0.5, 0.5, -0.5, -0.3)

    def test_a_model_of_sketchfab(self) -> None:
        self.client.run(STAGE)
        told = self.import_("sketchfab", "chair", "model", location=[0, 0, -0.25], target_size=1)
        self.assertVector(told["dimensions"], [0.5, 1, 0.5])
        self.check_box("green", -0.25, 0.25, -0.25, 0.25)

    def test_a_model_of_poly_pizza(self) -> None:
        self.client.run(STAGE)
        told = self.import_("polypizza", "tree", "model", location=[0.5, 0, -0.5], target_size=1.5)
        self.assertVector(told["dimensions"], [0.5, 1.5, 0.5])
        self.check_box("green", 0.25, 0.75, -0.5, 0)

    # Without a scene

    def test_pictures_of_all_providers(self) -> None:
        for provider, query, kind, colour in (("polyhaven", "bricks", "texture", (200, 100, 50)),
                                              ("ambientcg", "planks", "texture", (90, 60, 20)),
                                              ("sketchfab", "chair", "model", (200, 100, 50)),
                                              ("polypizza", "tree", "model", (20, 200, 50)),
                                              ("local", "pillar", "model", (1, 2, 3))):
            with self.subTest(provider):
                result = self.client.call("get_asset_preview", {"provider": provider, "id": self.find(provider, query, kind)})
                self.assertEqual(shown(result).colours(), {bytes(colour)})


def shown(result: Json) -> png.Picture:
    """The picture that a call has returned."""
    assert not result.get("isError"), error_text(result)
    (image,) = [block for block in result["content"] if block["type"] == "image"]
    return png.read(base64.b64decode(image["data"]))


def share(pixels: list[bytes], is_wanted: Callable[[bytes], bool]) -> float:
    return sum(map(is_wanted, pixels)) / len(pixels)


def is_pink(pixel: bytes) -> bool:
    red, green, blue = pixel[:3]
    return red > 150 and blue > 150 and green < 80


def is_red(pixel: bytes) -> bool:
    red, green, blue = pixel[:3]
    return red > 1.6 * green and red > 1.6 * blue


def is_green(pixel: bytes) -> bool:
    red, green, blue = pixel[:3]
    return green > 1.5 * red and green > 1.5 * blue
