# why: a code object becomes a function without exec
import types
types.FunctionType(compile("print('x')", "", "exec"), {})()
