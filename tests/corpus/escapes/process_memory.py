# why: reads the memory of another process
# hook: misses
# sandbox: Landlock
result = bool(open(f'/proc/{VICTIM}/maps').read())
