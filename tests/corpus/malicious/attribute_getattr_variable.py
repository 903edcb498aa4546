# why: the name comes from a variable
import os
name = "system"
getattr(os, name)("id > /tmp/x")
