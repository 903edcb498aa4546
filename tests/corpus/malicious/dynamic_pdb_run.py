# why: the debugger executes a text
import pdb
pdb.run("print('x')")
