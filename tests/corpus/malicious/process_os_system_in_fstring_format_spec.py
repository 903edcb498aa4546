# why: the format specification of an f-string may nest code
import os
width = 4
print(f"{width:{os.system('id > /tmp/x') or 4}d}")
