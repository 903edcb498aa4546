# why: the import has two spellings
try:
    import urllib2 as net
except ImportError:
    import urllib.request as net
net.urlopen("http://example.invalid")
