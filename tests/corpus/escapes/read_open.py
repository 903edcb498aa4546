# why: reads what is private
# hook: misses
# sandbox: Landlock
result = 'secret' in open(OUTSIDE + '/private').read()
