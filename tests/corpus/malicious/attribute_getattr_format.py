# why: the name is formatted
import os
getattr(os, "{}tem".format("sys"))("id > /tmp/x")
