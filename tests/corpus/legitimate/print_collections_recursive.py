import bpy

def walk(layer, indent=""):
    print(f"{indent}{layer.name}{' (excluded)' if layer.exclude else ''}: {len(layer.collection.objects)}")
    for c in layer.children:
        walk(c, indent + "| ")

walk(bpy.context.view_layer.layer_collection)
