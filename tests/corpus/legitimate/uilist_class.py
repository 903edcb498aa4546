import bpy

class SCENE_UL_markers(bpy.types.UIList):
    def draw_item(self, context, layout, data, item, icon, active_data, active_propname, index):
        if self.layout_type in {'DEFAULT', 'COMPACT'}:
            row = layout.row(align=True)
            row.prop(item, "name", text="", emboss=False, icon='MARKER_HLT')
            row.label(text=str(item.frame))
        else:
            layout.label(text="", icon='MARKER')

    def filter_items(self, context, data, propname):
        items = getattr(data, propname)
        order = sorted(range(len(items)), key=lambda i: items[i].frame)
        positions = [0] * len(items)
        for new, old in enumerate(order):
            positions[old] = new
        return [], positions

bpy.utils.register_class(SCENE_UL_markers)
