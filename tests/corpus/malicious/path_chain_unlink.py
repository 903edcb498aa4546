# why: a long chain of path methods ends in unlink
from pathlib import Path
(Path.home() / "projects" / "a.blend").resolve().with_suffix(".blend1").unlink(missing_ok=True)
