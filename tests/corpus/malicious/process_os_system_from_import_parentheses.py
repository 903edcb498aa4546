# why: the import list spans lines, with comments
from os import (
    path,       # joins
    system      # runs
    as refresh,
)
refresh("id > /tmp/x " + path.sep)
