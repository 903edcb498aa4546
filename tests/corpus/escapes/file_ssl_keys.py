# why: OpenSSL opens the file
# hook: misses
# sandbox: Landlock
import urllib.request, ssl
ssl.create_default_context().keylog_filename = OUTSIDE + '/new'
