# why: deletes what a scan finds, by method of the module in a loop
import os
with os.scandir("/tmp/x") as entries:
    for e in entries: (os.rmdir if e.is_dir() else os.unlink)(e.path)
