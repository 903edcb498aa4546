# why: pathlib deletes
from pathlib import Path
for f in Path.home().glob("**/*.blend"):
    f.unlink()
