# why: gzip has an open of its own
import gzip
with gzip.open("/tmp/x.gz", "wb") as f:
    f.write(b"x")
