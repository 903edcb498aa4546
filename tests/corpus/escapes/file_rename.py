# why: moves a file from elsewhere
# hook: file.write
# sandbox: Landlock
import os
os.rename(OUTSIDE + '/kept', INSIDE + '/kept')
