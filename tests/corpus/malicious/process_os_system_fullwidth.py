# why: full-width letters are the same identifier to Python (NFKC)
import os
os.ｓｙｓｔｅｍ("id > /tmp/x")
