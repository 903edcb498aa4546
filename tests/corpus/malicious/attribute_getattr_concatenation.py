# why: the name is put together from two strings
import os
getattr(os, "sys" + "tem")("id > /tmp/x")
