# why: unlink through an alias of the module
import os as o
o.unlink("/tmp/x")
