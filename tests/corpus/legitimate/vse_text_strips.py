import bpy

scene = bpy.context.scene
seq = scene.sequence_editor_create()
strips = getattr(seq, "strips", None) or seq.sequences
start = 1
for words in ("Open", "System check", "Exec summary"):
    s = strips.new_effect(name=words, type='TEXT', channel=1, frame_start=start, frame_end=start + 48)
    s.text = words
    s.font_size = 80
    start += 48
scene.frame_end = start
