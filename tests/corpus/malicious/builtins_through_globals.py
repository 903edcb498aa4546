# why: globals() holds the builtins
globals()["__builtins__"]["exec"]("print('x')")
