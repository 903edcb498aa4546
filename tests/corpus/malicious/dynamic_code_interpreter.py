# why: an interactive interpreter runs text
import code
code.InteractiveInterpreter().runsource("print('x')")
