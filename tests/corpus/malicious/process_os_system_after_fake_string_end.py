# why: an escaped quote makes careless readers think that code is string
import os
label = "\\"; os.system("id > /tmp/x") # "
