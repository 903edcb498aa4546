# why: runs a file or module as a program
import runpy
runpy.run_path("/tmp/x.py")
