# why: the library beneath requests
import urllib3
urllib3.PoolManager().request("GET", "http://example.invalid")
