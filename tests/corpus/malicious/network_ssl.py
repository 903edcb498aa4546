# why: an encrypted connection
import ssl
ssl.get_server_certificate(("example.invalid", 443))
