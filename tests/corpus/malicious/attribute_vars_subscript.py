# why: vars() gives the module's dictionary
import os
vars(os)["system"]("id > /tmp/x")
