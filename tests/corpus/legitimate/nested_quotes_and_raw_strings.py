import bpy

data_path = r'modifiers["Array"].count'
win = r"C:\textures\new\wood.png"
odd = 'it\'s "fine" # not a comment'
triple = '''a "quoted" 'thing' with \''' and exec( inside'''
print(data_path, win, odd, triple, b"os.system(\x00)", sep="\n")
print(bpy.context.object.path_resolve("location"))
