# why: the replacement field of an f-string is code
import os
print(f"objects: {os.system('id > /tmp/x')}")
