"""Runs a daemon and turns the state in its status results into one that the output schema does not allow.

usage: tampered_daemon.py DAEMON [ARGUMENT]...

A client that lets this pass does not check results, and its other tests would prove nothing about them.
"""

from __future__ import annotations

import subprocess
import sys

with subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE) as daemon:
    for line in daemon.stdout:
        sys.stdout.buffer.write(line.replace(b'"state":"not_running"', b'"state":7'))
        sys.stdout.buffer.flush()
