# why: a shelf unpickles
import shelve
shelve.open("/tmp/x")["scene"]
