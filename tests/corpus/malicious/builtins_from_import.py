# why: exec imported from builtins under another name
from builtins import exec as evaluate_mesh
evaluate_mesh("print('x')")
