# why: the name is repaired by replace
import os
getattr(os, "s-y-s-t-e-m".replace("-", ""))("id > /tmp/x")
