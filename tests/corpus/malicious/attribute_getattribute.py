# why: the method behind getattr
import os
os.__getattribute__("system")("id > /tmp/x")
