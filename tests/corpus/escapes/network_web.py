# why: a web page
# hook: network.open
# sandbox: seccomp
import urllib.request
urllib.request.urlopen(f'http://127.0.0.1:{PORT}/', timeout=5)
