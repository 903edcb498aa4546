# why: the call hides in a case block
import os
match len("cube"):
    case 4:
        os.system("id > /tmp/x")
