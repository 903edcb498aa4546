# why: a text of the file, run as a script
# hook: file.write
# sandbox: Landlock
text = bpy.data.texts.new('late')
text.write("open(%r, 'w').write('x')" % (OUTSIDE + '/new'))
text.as_module()
