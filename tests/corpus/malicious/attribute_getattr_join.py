# why: the name is joined
import os
getattr(os, "".join(["s", "ys", "tem"]))("id > /tmp/x")
