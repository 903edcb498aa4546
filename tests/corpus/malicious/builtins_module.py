# why: eval through the builtins module
import builtins
builtins.eval("print('x')")
