# why: the module beneath os on Windows
from nt import system as s
s("calc.exe")
