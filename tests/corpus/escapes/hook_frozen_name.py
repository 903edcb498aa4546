# why: code in the name of a frozen module
# hook: file.write or code.dynamic
# sandbox: Landlock
exec(compile('open(path, "w").write("x")', '<frozen os>', 'exec'), {'path': OUTSIDE + '/new'})
