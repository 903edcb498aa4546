# why: rmtree under another name
from shutil import rmtree as purge_orphans
purge_orphans("/tmp/x")
