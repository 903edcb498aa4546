# why: the name is decoded from hexadecimal digits
import os
getattr(os, bytes.fromhex("73797374656d").decode())("id > /tmp/x")
