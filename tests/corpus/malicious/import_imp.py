# why: the old import module
import imp
imp.load_source("x", "/tmp/x.py")
