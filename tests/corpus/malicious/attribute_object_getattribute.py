# why: the method of the base class
import os
object.__getattribute__(os, "sys" + "tem")("id > /tmp/x")
