# why: compile first, run the code object later
code = compile("print('x')", "<scene>", "exec")
exec(code)
