# why: pathlib renames over another file
from pathlib import Path
Path("/tmp/x").replace("/home/user/.ssh/authorized_keys")
