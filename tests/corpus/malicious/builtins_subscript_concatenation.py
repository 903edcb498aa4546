# why: the key is put together from two strings
__builtins__["ev" + "al"]("print('x')")
