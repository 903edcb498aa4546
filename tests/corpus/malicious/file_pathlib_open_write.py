# why: Path.open has the mode first
from pathlib import Path
with Path("/tmp/x").open("w") as f:
    f.write("x")
