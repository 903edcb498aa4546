# why: builtins under another name
import builtins as b
b.exec("print('x')")
