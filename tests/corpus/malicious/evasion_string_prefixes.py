# why: prefixes and raw strings around the name
import os
getattr(os, R"sys" u"tem")(rb"id".decode())
