# why: writes to a descriptor that is open already
import os
os.fdopen(1, "w").write("x")
