# why: sys.modules under another name, with get
from sys import modules as loaded
loaded.get("o" + "s").system("id > /tmp/x")
