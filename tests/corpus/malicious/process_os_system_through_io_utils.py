# why: an add-on helper module keeps os
from bpy_extras import io_utils
io_utils.os.system("id > /tmp/x")
