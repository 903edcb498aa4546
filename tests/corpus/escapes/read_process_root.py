# why: the root of another process
# hook: misses
# sandbox: Landlock
result = 'secret' in open(f'/proc/{VICTIM}/root{OUTSIDE}/private').read()
