# why: get with a computed key
import os
key = "sys" + "tem"
os.__dict__.get(key)("id > /tmp/x")
