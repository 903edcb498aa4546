# why: __dict__ gives the module's dictionary
import os
os.__dict__["system"]("id > /tmp/x")
