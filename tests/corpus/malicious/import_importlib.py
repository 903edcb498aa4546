# why: importlib instead of import
import importlib
importlib.import_module("os").system("id > /tmp/x")
