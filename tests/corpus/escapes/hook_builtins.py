# why: changes the built-in functions
# hook: file.write
# sandbox: Landlock
import builtins
kept = {name: getattr(builtins, name) for name in ('type', 'str', 'isinstance', 'len', 'any', 'all', 'tuple')}
for name in kept:
    setattr(builtins, name, lambda *_: False)
try:
    open(OUTSIDE + '/new', 'w').write('x')
finally:
    for name, value in kept.items():
        setattr(builtins, name, value)
