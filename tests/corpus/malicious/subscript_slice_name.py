# why: the key is a slice of a longer text
import os
vars(os)["ecosystem"[3:]]("id > /tmp/x")
