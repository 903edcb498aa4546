# why: unpacks an archive over a folder
import shutil
shutil.unpack_archive("/tmp/x.zip", "/home/user")
