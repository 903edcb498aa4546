# why: getattr with the plain name
import os
getattr(os, "system")("id > /tmp/x")
