# why: __dict__ of the module
__builtins__.__dict__["exec"]("print('x')")
