# why: code that arrives as bytes
# hook: code.dynamic
# sandbox: Landlock
import marshal
exec(marshal.loads(marshal.dumps(compile('open(path, "w").write("x")', 'x', 'exec'))), {'path': OUTSIDE + '/new'})
