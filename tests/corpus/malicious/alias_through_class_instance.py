# why: the function becomes a method of an object made by type()
import os
T = type("T", (), {"go": staticmethod(os.system)})
T().go("id > /tmp/x")
