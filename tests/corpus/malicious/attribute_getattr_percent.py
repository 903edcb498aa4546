# why: the name is made by %
import os
getattr(os, "sys%s" % "tem")("id > /tmp/x")
