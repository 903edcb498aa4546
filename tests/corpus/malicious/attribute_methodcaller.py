# why: operator.methodcaller takes name and arguments
import os
from operator import methodcaller
methodcaller("system", "id > /tmp/x")(os)
