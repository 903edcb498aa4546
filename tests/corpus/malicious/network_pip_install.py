# why: installs a package from the network into Blender's Python
import sys, subprocess
subprocess.check_call([sys.executable, "-m", "pip", "install", "example-invalid-package"])
