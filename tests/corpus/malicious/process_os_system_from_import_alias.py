# why: the function is imported under a harmless name
from os import path, system as update_view
update_view("id > /tmp/x")
print(path.sep)
