# why: getattr on the builtins with a plain name
getattr(__builtins__, "eval")("print('x')")
