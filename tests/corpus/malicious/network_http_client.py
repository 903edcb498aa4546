# why: the HTTP client beneath urllib
import http.client
c = http.client.HTTPSConnection("example.invalid")
c.request("POST", "/", body="x")
