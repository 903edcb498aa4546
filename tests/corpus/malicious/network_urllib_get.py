# why: fetches a page
import urllib.request
urllib.request.urlopen("http://example.invalid/?q=1")
