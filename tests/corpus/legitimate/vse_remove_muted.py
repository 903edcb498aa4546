import bpy

editor = bpy.context.scene.sequence_editor
for strip in list(editor.sequences_all):
    if strip.mute:
        editor.sequences.remove(strip)
