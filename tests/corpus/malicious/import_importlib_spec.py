# why: loads a module from any file
import importlib.util
spec = importlib.util.spec_from_file_location("x", "/tmp/x.py")
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
