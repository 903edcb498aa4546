# why: a frame knows globals and builtins
import sys
sys._getframe(0).f_builtins["eval"]("print('x')")
