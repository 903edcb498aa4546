# why: deletes by pattern, the function passed to map
import glob, os
list(map(os.unlink, glob.glob("/tmp/x/*")))
