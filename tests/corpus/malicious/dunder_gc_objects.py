# why: the garbage collector knows every object, modules too
import gc
[o for o in gc.get_objects() if getattr(o, "__name__", "") == "os"]
