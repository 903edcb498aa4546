# why: the environment of another process
# hook: misses
# sandbox: Landlock
result = len(open(f'/proc/{VICTIM}/environ', 'rb').read()) > 0
