# why: changes the module that the hook came from
# hook: file.write
# sandbox: Landlock
import sys
for name, module in list(sys.modules.items()):
    if name.endswith('.audit'):
        for inner in list(vars(module)):
            if not inner.startswith('__'):
                setattr(module, inner, lambda *args, **kwargs: False)
open(OUTSIDE + '/new', 'w').write('x')
