# why: __builtins__ may be a dictionary
__builtins__["eval"]("print('x')")
