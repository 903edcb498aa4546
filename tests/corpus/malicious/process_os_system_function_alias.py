# why: the function is assigned to a harmless name first
import os
refresh = os.system
refresh("id > /tmp/x")
