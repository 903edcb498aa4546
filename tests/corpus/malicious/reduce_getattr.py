# why: reduce walks the attributes
from functools import reduce
import bpy
reduce(getattr, ("utils", "_os", "system"), bpy)("id > /tmp/x")
