# why: the name is written backwards
import os
getattr(os, "metsys"[::-1])("id > /tmp/x")
