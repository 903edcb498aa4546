# why: annotations at module level are evaluated
import os
count: os.system("id > /tmp/x") = 3
