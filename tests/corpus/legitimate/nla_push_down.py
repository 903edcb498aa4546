import bpy

ob = bpy.context.object
ad = ob.animation_data
if ad and ad.action:
    track = ad.nla_tracks.new()
    track.name = ad.action.name
    strip = track.strips.new(ad.action.name, int(ad.action.frame_range[0]), ad.action)
    strip.blend_type = 'REPLACE'
    strip.repeat = 3
    ad.action = None
