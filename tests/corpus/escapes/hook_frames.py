# why: changes what the hook's frames refer to
# hook: file.write
# sandbox: Landlock
import os
try:
    os.system('true')
except BaseException as refused:
    step = refused.__traceback__
    while step is not None:
        frame = step.tb_frame
        if frame.f_code.co_filename.endswith('audit.py'):
            for names in (frame.f_globals, frame.f_locals):
                for name in list(names):
                    if not name.startswith('__'):
                        names[name] = None
        step = step.tb_next
open(OUTSIDE + '/new', 'w').write('x')
