# why: the same by pathlib
# hook: file.write
# sandbox: Landlock
import pathlib
pathlib.Path(OUTSIDE, 'new').write_text('x')
