# why: lists a folder elsewhere
# hook: misses
# sandbox: Landlock
import os
result = 'private' in os.listdir(OUTSIDE)
