"""The golden scenes: made by calls of tools alone, checked, and rendered small."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "integration"))

import png  # noqa: E402
from client import DaemonTestCase  # noqa: E402
from expectation import misses  # noqa: E402
from player import Scene, make, pictures, scenes, settings  # noqa: E402

# Small and rough: only that something is to be seen.
LONG_SIDE = 160
SAMPLES = 4


class GoldenTest(DaemonTestCase):
    def play(self, scene: Scene) -> None:
        work = self.world.folder / "work"
        work.mkdir()
        client = self.start(env=settings(work))
        make(client, scene, work)
        width, height = client.do("set_scene", frame={"current": 1})["scene"]["render"]["resolution"]
        scale = LONG_SIDE / max(width, height)
        scene.only_frame()
        (data,) = pictures(client, scene, samples=SAMPLES, resolution=[round(width * scale), round(height * scale)])
        self.assert_shows_something(png.read(data))

    def assert_shows_something(self, picture: png.Picture) -> None:
        """Neither black nor burnt out nor all the same."""
        lights = [sum(pixel[:3]) / 765 for pixel in picture.pixels]
        mean = sum(lights) / len(lights)
        spread = (sum((light - mean) ** 2 for light in lights) / len(lights)) ** 0.5
        self.assertTrue(0.08 < mean < 0.9, f"the mean brightness is {mean}")
        self.assertGreater(spread, 0.03)
        for name, share in (("black", sum(light < 0.01 for light in lights)), ("white", sum(light > 0.99 for light in lights))):
            self.assertLess(share / len(lights), 0.1, f"too much is {name}")


def _test(scene: Scene) -> object:
    return lambda self: self.play(scene)


for _scene in scenes():
    setattr(GoldenTest, "test_" + _scene.name.replace("-", "_"), _test(_scene))


class ExpectationTest(DaemonTestCase):
    def test_what_is_missed(self) -> None:
        answer = {"list": [{"name": "A", "n": 1.0}, {"name": "B/C", "n": [1, 2]}], "text": "one", "flag": True, "none": None}
        for expected in ({"/list/0/n": 1}, {"/list/A/n": {"at_least": 1}}, {"/list/B~1C/n": [1.0, 2.0004]}, {"/list": {"count": 2}},
                         {"/text": {"contains": "n"}}, {"/flag": True}, {"/none": None}, {"/list/A/n": {"at_least": 0, "at_most": 2}},
                         {"/list/A/n": {"about": 1.04}}, {"/list/0": {"name": "A", "n": 1.0}}):
            with self.subTest(expected):
                self.assertEqual(misses(answer, expected), [])
        for expected in ({"/list/0/n": 1.01}, {"/list/A/n": {"at_least": 2}}, {"/list/D/n": 1}, {"/list": {"count": 1}}, {"/flag": 1},
                         {"/list/7": 1}, {"/text/x": 1}, {"/list/B~1C/n": [1]}, {"/list/A/n": {"at_least": 0, "at_most": 0}},
                         {"/text": {"contains": ["o", "z"]}}, {"/none": 0}, {"/flag": {"at_least": 0}}):
            with self.subTest(expected):
                self.assertEqual(len(misses(answer, expected)), 1)
