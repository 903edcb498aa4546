# why: superscript letters fold to plain ones
import os
os.ˢystem("id > /tmp/x")
