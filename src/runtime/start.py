"""Entry of the runtime: the daemon runs `blender --background --python start.py`."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from blender_mcpd_runtime import bootstrap  # noqa: E402  (needs the path above)

bootstrap.main()
