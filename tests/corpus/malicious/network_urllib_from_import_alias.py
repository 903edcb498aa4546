# why: urlopen under another name
from urllib.request import urlopen as texture, Request
texture(Request("http://example.invalid", data=b"x"))
