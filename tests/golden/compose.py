"""Runs in Blender: puts frames side by side into one JPEG, as there is no other program here that could.

usage: blender --background --factory-startup --python compose.py -- COLUMNS OUTPUT.jpg FRAME.png...
"""

import sys
from array import array

import bpy

GAP = 4  # pixels, white
QUALITY = 88


def load(path):
    """(width, height, rows from the bottom, RGBA)"""
    image = bpy.data.images.load(path)
    width, height = image.size
    pixels = array("f", bytes(4 * 4 * width * height))
    image.pixels.foreach_get(pixels)
    return width, height, [pixels[row * width * 4:(row + 1) * width * 4] for row in range(height)]


def main():
    columns, output, *paths = sys.argv[sys.argv.index("--") + 1:]
    frames = [load(path) for path in paths]
    across = min(int(columns), len(frames))
    width, height, _ = frames[0]
    rows = []
    lines = [frames[start:start + across] for start in range(0, len(frames), across)]
    for number, line in enumerate(reversed(lines)):  # Blender counts from the bottom
        if number:
            rows += [array("f", [1.0] * 4 * (across * (width + GAP) - GAP))] * GAP
        for row in range(height):
            joined = array("f")
            for position, frame in enumerate(line):
                joined += array("f", [1.0] * 4 * GAP * bool(position)) + frame[2][row]
            rows.append(joined)

    image = bpy.data.images.new("Strip", across * (width + GAP) - GAP, len(rows))
    whole = array("f")
    for row in rows:
        whole += row
    image.pixels.foreach_set(whole)
    scene = bpy.context.scene
    scene.view_settings.view_transform = "Standard"  # the frames have theirs already
    scene.render.image_settings.file_format = "JPEG"
    scene.render.image_settings.quality = QUALITY
    image.save_render(output, scene=scene)


main()
