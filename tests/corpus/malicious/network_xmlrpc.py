# why: remote procedure calls
import xmlrpc.client
xmlrpc.client.ServerProxy("http://example.invalid").run("x")
