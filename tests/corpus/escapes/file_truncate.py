# why: empties a file elsewhere
# hook: file.write
# sandbox: Landlock
import os
os.truncate(OUTSIDE + '/kept', 0)
