# why: a builtin function's __self__ is the builtins module
print.__self__.eval("print('x')")
