# why: vars() of the builtins
vars(__builtins__)["eval"]("print('x')")
