# why: a link that leads elsewhere
from pathlib import Path
Path("/tmp/x").symlink_to("/etc/passwd")
