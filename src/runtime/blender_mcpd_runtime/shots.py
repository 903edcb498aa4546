"""From where a picture is taken, in numbers that another Blender can use: standard views, framed on what is to be seen."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Iterable, Sequence

from mathutils import Euler, Matrix, Vector

from .bounds import Box

# (azimuth, elevation) in degrees of where the camera is: 0 is in front (-Y), 90 to the right (+X).
DIRECTIONS = {"front": (0.0, 0.0), "right": (90.0, 0.0), "back": (180.0, 0.0), "left": (270.0, 0.0),
              "top": (0.0, 90.0), "bottom": (0.0, -90.0), "iso": (45.0, math.degrees(math.atan(math.sqrt(0.5))))}
# The whole is a little larger than what is to be seen in it.
MARGIN = 1.12
# Of a picture in perspective: the width that it shows at a distance of 1, as a lens of 50 mm does.
PERSPECTIVE_EXTENT = 0.72
NEAREST = 0.005  # of the distance


@dataclass
class Shot:
    label: str
    matrix: Matrix  # of the camera in the world: it looks along -Z, +Y is up
    orthographic: bool
    extent: float  # the width that is seen: at a distance of 1, or everywhere when it is orthographic
    aspect: float  # width by height
    clip: tuple[float, float]  # distances, both positive
    shift: tuple[float, float] = (0.0, 0.0)  # of the lens, as a camera has it with the sensor fit to the width

    def to_json(self) -> dict[str, Any]:
        return {"label": self.label, "matrix": [value for row in self.matrix for value in row],
                "orthographic": self.orthographic, "extent": self.extent, "aspect": self.aspect,
                "clip": list(self.clip), "shift": list(self.shift)}

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Shot:
        values = told["matrix"]
        return cls(told["label"], Matrix([values[at:at + 4] for at in range(0, 16, 4)]), told["orthographic"],
                   told["extent"], told["aspect"], tuple(told["clip"]), tuple(told["shift"]))

    @classmethod
    def from_matrices(cls, label: str, view: Matrix, projection: Matrix, aspect: float) -> Shot:
        """What such a view shows."""
        matrix, extent, p = view.inverted_safe(), 2 / projection[0][0], projection
        if p[3][3] == 0:
            near, far = p[2][3] / (p[2][2] - 1), p[2][3] / (p[2][2] + 1)
            shift = p[0][2] / 2, p[1][2] / 2 / aspect
        else:
            near, far = (p[2][3] + 1) / p[2][2], (p[2][3] - 1) / p[2][2]
            shift = -p[0][3] / 2, -p[1][3] / 2 / aspect
            # A view without perspective sees what is behind it, too: a camera stands behind that.
            back = (far - near) * NEAREST - near
            matrix, near, far = matrix @ Matrix.Translation((0, 0, back)), near + back, far + back
        return cls(label, matrix, p[3][3] != 0, extent, aspect, (near, far), shift)

    def projection(self) -> Matrix:
        near, far = self.clip
        x, y = 2 / self.extent, 2 * self.aspect / self.extent
        shift_x, shift_y = self.shift[0] * 2, self.shift[1] * 2 * self.aspect
        if self.orthographic:
            return Matrix(((x, 0, 0, -shift_x), (0, y, 0, -shift_y),
                           (0, 0, -2 / (far - near), -(far + near) / (far - near)), (0, 0, 0, 1)))
        return Matrix(((x, 0, shift_x, 0), (0, y, shift_y, 0),
                       (0, 0, -(far + near) / (far - near), -2 * far * near / (far - near)), (0, 0, -1, 0)))

    def width_at(self, place: Vector) -> float:
        """How much of the world the picture's width shows there."""
        if self.orthographic:
            return self.extent
        return self.extent * max(self.clip[0], -(self.matrix.inverted_safe() @ place).z)


def towards(azimuth: float, elevation: float) -> Matrix:
    """The rotation of a camera that is there and looks at the middle."""
    return Euler((math.radians(90 - elevation), 0, math.radians(azimuth))).to_matrix()


def framed(label: str, rotation: Matrix, orthographic: bool, aspect: float, subject: Box, scene: Box) -> Shot:
    """All of the subject, as large as it can be. What is before it and behind it is seen as well."""
    def seen(box: Box) -> list[Vector]:
        """From the camera: +X is to the right, +Z towards it."""
        return [rotation.transposed() @ (corner - subject.center) for corner in box.corners()]

    def middle(values: list[float]) -> float:
        return (min(values) + max(values)) / 2

    corners = seen(subject)
    center = Vector((middle([corner.x for corner in corners]), middle([corner.y for corner in corners]), 0))
    reaches = [(max(abs(corner.x - center.x), abs(corner.y - center.y) * aspect), corner.z) for corner in corners]
    depths = [corner.z for corner in (*corners, *seen(scene))]
    if orthographic:
        extent = 2 * MARGIN * max(reach for reach, _ in reaches)
        gap = max(extent, max(depths) - min(depths)) * 0.1
        distance = max(depths) + gap
        clip = gap * 0.5, distance - min(depths) + gap
    else:
        extent = PERSPECTIVE_EXTENT
        distance = max(reach * MARGIN / (extent / 2) + depth for reach, depth in reaches)
        clip = distance * NEAREST, (distance - min(depths)) * 1.1
    matrix = Matrix.Translation(subject.center + rotation @ (center + Vector((0, 0, distance)))) @ rotation.to_4x4()
    return Shot(label, matrix, orthographic, extent, aspect, clip)


def named(label: str, aspect: float, subject: Box, scene: Box) -> Shot:
    """One of DIRECTIONS."""
    return framed(label, towards(*DIRECTIONS[label]), True, aspect, subject, scene)


def from_camera(label: str, camera: Any, depsgraph: Any, scene: Any) -> Shot:
    render = scene.render
    width, height = render.resolution_x * render.pixel_aspect_x, render.resolution_y * render.pixel_aspect_y
    projection = camera.calc_matrix_camera(depsgraph, x=render.resolution_x, y=render.resolution_y,
                                           scale_x=render.pixel_aspect_x, scale_y=render.pixel_aspect_y)
    place = camera.evaluated_get(depsgraph).matrix_world
    rigid = Matrix.LocRotScale(place.to_translation(), place.to_quaternion(), None)
    return Shot.from_matrices(label, rigid.inverted_safe(), projection, width / height)


def sizes(shots: Sequence[Shot], columns: int, max_size: int, gap: int) -> tuple[int, int]:
    """Of one picture of a sheet that is at most `max_size` wide and high."""
    rows, aspect = -(-len(shots) // columns), shots[0].aspect
    free_width, free_height = max_size - gap * (columns - 1), max_size - gap * (rows - 1)
    width = min(free_width / columns, free_height / rows * aspect)
    return max(4, int(width)), max(4, int(width / aspect))


def all_labels(shots: Iterable[Shot]) -> list[str]:
    return [shot.label for shot in shots]
