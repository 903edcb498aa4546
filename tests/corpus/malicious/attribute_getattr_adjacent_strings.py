# why: adjacent strings are one string
import os
getattr(os, "sys" "tem")("id > /tmp/x")
