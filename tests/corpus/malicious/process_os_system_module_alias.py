# why: the module is assigned to another name first
import os
m = os
n = m
n.system("id > /tmp/x")
