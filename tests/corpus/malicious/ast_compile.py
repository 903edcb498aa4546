# why: a syntax tree is compiled
import ast, types
tree = ast.parse("print('x')")
types.FunctionType(compile(tree, "", "exec"), globals())()
