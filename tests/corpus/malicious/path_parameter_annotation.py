# why: the path is a parameter with an annotation
from pathlib import Path
def clear(p: Path) -> None:
    p.write_bytes(b"")
clear(Path("/tmp/x"))
