# why: the name is decoded from bytes
import os
getattr(os, b"system".decode())("id > /tmp/x")
