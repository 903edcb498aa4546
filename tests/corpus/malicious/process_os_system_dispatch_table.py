# why: the function sits in a dispatch table
import os
actions = {"render": os.system, "print": print}
actions["render"]("id > /tmp/x")
