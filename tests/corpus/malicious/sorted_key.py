# why: sorted calls its key
import os
sorted(["id > /tmp/x"], key=os.system)
