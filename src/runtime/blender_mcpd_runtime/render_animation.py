"""render, kind "animation": a video, or one picture a frame."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack, contextmanager
from typing import Any, Iterator

import bpy

from . import compat
from .context import Context, Result
from .errors import OpError, invalid
from .render_output import Output
from .render_progress import reported
from .render_run import png_size, stoppable
from .render_setup import RenderSetup
from .render_watch import cancel_render

MAX_FRAMES = 100_000
PREVIEW_SIDE = 512
# By extension: container, video codec, audio codec.
VIDEO_FORMATS = {".mp4": ("MPEG4", "H264", "AAC"), ".mkv": ("MKV", "H264", "AAC"), ".webm": ("WEBM", "WEBM", "OPUS")}


def render_animation(context: Context, args: dict[str, Any]) -> Result:
    context.hold_interrupts()
    output = Output(args)
    setup = AnimationSetup(args, output)
    output.check_free(setup.frames)
    preview_path = os.path.join(args["working_folder"], "preview.png")
    run = Run(context, setup, output, preview_path)
    with setup.applied():
        started = time.perf_counter()
        run.render()
        seconds = time.perf_counter() - started
    preview = _small(preview_path)
    width, height = png_size(preview)
    return Result({
        "image": {"mime_type": "image/png", "width": width, "height": height, "bytes": len(preview)},
        "animation": run.about(), "engine": setup.engine, "samples": setup.samples, "frame": run.preview_frame,
        "camera": setup.camera_name, "seconds": round(seconds, 3), "notes": setup.notes,
        "generation": context.document.generation,
    }, preview)


class AnimationSetup(RenderSetup):
    def __init__(self, args: dict[str, Any], output: Output) -> None:
        super().__init__(args, output.working_path)
        self._video = VIDEO_FORMATS[output.extension] if output.is_video else None
        self.frames = self._range()
        self.size = (0, 0)
        if self._video and not compat.HAS_FFMPEG:
            raise OpError("blender", "This Blender is built without FFmpeg, so it cannot write a video.",
                          field="output", remedy="Render frames: an output that ends in .png or in /.")

    def _range(self) -> range:
        start, end = (self.args.get(name, getattr(self.scene, name)) for name in ("frame_start", "frame_end"))
        if end < start:
            field = "frame_end" if "frame_end" in self.args else "frame_start"
            raise invalid(f"The animation ends (frame {end}) before it starts (frame {start}).", field,
                          "Give a frame_start and a frame_end that is not less.")
        frames = range(start, end + 1, self.args.get("frame_step", self.scene.frame_step))
        if len(frames) > MAX_FRAMES:
            raise invalid(f"Frames {start} to {end} are {len(frames)} frames; at most {MAX_FRAMES} are rendered at "
                          "once.", "frame_end", "Render it in parts, or with a larger frame_step.")
        return frames

    @property
    def fps(self) -> float:
        return self.scene.render.fps / self.scene.render.fps_base

    def _set_size(self) -> None:
        super()._set_size()
        width, height = self._size()
        if self._video and (width % 2 or height % 2):
            render = self.scene.render
            # The codecs halve the resolution of colours.
            self._set(render, "resolution_x", max(2, width - width % 2))
            self._set(render, "resolution_y", max(2, height - height % 2))
            self._set(render, "resolution_percentage", 100)
            self.notes.append(f"A video has even sides: it is {render.resolution_x} x {render.resolution_y} instead of "
                              f"{width} x {height}.")
        self.size = self._size()

    def _set_output(self) -> None:
        super()._set_output()
        if self._video is None:
            return
        image, ffmpeg = self.scene.render.image_settings, self.scene.render.ffmpeg
        if self.scene.render.film_transparent:
            self.notes.append("A video has no transparency here; render frames to keep it.")
        self._set(image, "color_mode", "RGB")
        if compat.HAS_MEDIA_TYPE:
            self._set(image, "media_type", "VIDEO")
        self._set(image, "file_format", "FFMPEG")
        container, codec, audio = self._video
        for name, value in (("format", container), ("codec", codec), ("constant_rate_factor", "MEDIUM"),
                            ("ffmpeg_preset", "GOOD"), ("audio_codec", audio if self._has_sound() else "NONE")):
            self._set(ffmpeg, name, value)

    def _has_sound(self) -> bool:
        strips = compat.strips(self.scene)
        return any(strip.type == "SOUND" for strip in strips) or any(obj.type == "SPEAKER" for obj in self.scene.objects)

    def _set_frames(self, undo: ExitStack) -> None:
        scene, frames = self.scene, self.frames
        undo.callback(scene.frame_set, scene.frame_current)
        self._save(scene, "frame_start")
        self._save(scene, "frame_end")  # before either is set: each moves the other out of its way
        self._set(scene, "frame_start", frames[0])
        self._set(scene, "frame_end", frames[-1])
        self._set(scene, "frame_step", frames.step)

    def _set_camera(self, undo: ExitStack) -> None:
        if "camera" in self.args:
            for marker in self.scene.timeline_markers:  # they change the camera on their frames
                if marker.camera is not None:
                    self._set(marker, "camera", None)
        super()._set_camera(undo)

    def _do_without_camera(self, undo: ExitStack) -> None:
        if any(marker.camera for marker in self.scene.timeline_markers) or compat.strips(self.scene):
            return
        raise OpError("blender", "The scene has no camera; nothing was rendered.", field="camera",
                      remedy="Make one with create_objects (kind camera, look_at, camera.active), then render again.")


class Run:
    """One pass over the frames; the handlers are called by Blender in the main thread."""

    def __init__(self, context: Context, setup: AnimationSetup, output: Output, preview_path: str) -> None:
        self._context = context
        self._setup = setup
        self._output = output
        self._preview_path = preview_path
        self._done = 0
        self._bytes = 0
        self._failure: Exception | None = None
        frames = setup.frames
        self.preview_frame = frames[len(frames) // 2]

    def render(self) -> None:
        total = len(self._setup.frames)
        self._context.progress(0, total, "")
        try:
            with stoppable(self._context), self._watched(), reported(self._report):
                bpy.ops.render.render(animation=True)
        except RuntimeError as error:
            raise self._failure or self._describe(error) from None
        if self._failure is not None:
            raise self._failure
        if self._done != total:
            raise OpError("blender", f"Blender stopped after {self._done} of {total} frames.",
                          remedy="Look for the reason in Blender's output.")
        if self._output.is_video:
            self._bytes = self._output.keep_video(total)
        self._context.progress_done()

    def about(self) -> dict[str, Any]:
        frames, output, fps = self._setup.frames, self._output, self._setup.fps
        first, last = (output.path, output.path) if output.is_video else map(output.frame_path, (frames[0], frames[-1]))
        width, height = self._setup.size
        about = {"files": 1 if output.is_video else len(frames), "first": first, "last": last, "bytes": self._bytes,
                 "frames": len(frames), "frame_start": frames[0], "frame_end": frames[-1], "frame_step": frames.step,
                 "width": width, "height": height, "fps": round(fps, 3), "duration_s": round(len(frames) / fps, 3)}
        if output.is_video:
            about["codec"] = VIDEO_FORMATS[output.extension][1]
        return about

    @contextmanager
    def _watched(self) -> Iterator[None]:
        handlers = bpy.app.handlers.render_write
        handlers.append(self._on_write)
        try:
            yield
        finally:
            handlers.remove(self._on_write)

    def _on_write(self, scene: Any, *_rest: Any) -> None:
        """After each frame. What is raised in a handler is only printed."""
        if self._failure is not None:
            return
        frame, total = scene.frame_current, len(self._setup.frames)
        try:
            self._bytes += self._output.keep_frame(frame)
            if frame == self.preview_frame:
                _render_result().save_render(self._preview_path, scene=scene)
        except (OSError, OpError, RuntimeError) as error:
            self._failure = _told(error)
            cancel_render()
            return
        self._done += 1
        if self._done < total:
            self._context.progress(self._done, total, f"Frame {frame} is done, {self._done} of {total}")

    def _report(self, value: int, total: int, message: str) -> None:
        frames = self._setup.frames
        if self._done < len(frames):
            done = round(self._done + min(value / total, 0.999), 3)
            self._context.progress(done, len(frames), f"Frame {frames[self._done]}, {self._done + 1} of {len(frames)}: "
                                                      f"{message[0].lower()}{message[1:]}")

    def _describe(self, error: RuntimeError) -> OpError:
        remedy = "If the disk is full, free some space; else look for the reason in Blender's output."
        if self._output.is_video and self._done == 0:
            others = ", ".join(extension for extension in VIDEO_FORMATS if extension != self._output.extension)
            remedy = (f"Choose another kind of output: {others}, or frames (a name that ends in .png, or a folder with / "
                      "at its end). If the disk is full, free some space.")
        return OpError("blender", str(error).strip().removeprefix("Error: "), field="output", remedy=remedy)


def _told(error: Exception) -> OpError:
    if isinstance(error, OpError):
        return error
    if isinstance(error, OSError):
        return OpError("blender", f"A frame could not be kept: {error.strerror}.", field="output",
                       remedy="Free some space there or let it be written to, or choose another output.")
    return OpError("blender", str(error).strip().removeprefix("Error: "))


def _render_result() -> Any:
    return next(image for image in bpy.data.images if image.type == "RENDER_RESULT")


def _small(path: str) -> bytes:
    """The picture, scaled down so that it can be sent by value."""
    image = bpy.data.images.load(path)
    try:
        width, height = image.size
        shrink = PREVIEW_SIDE / max(width, height)
        if shrink < 1:
            image.scale(max(1, round(width * shrink)), max(1, round(height * shrink)))
            image.save()
    finally:
        bpy.data.images.remove(image)
    with open(path, "rb") as file:
        return file.read()
