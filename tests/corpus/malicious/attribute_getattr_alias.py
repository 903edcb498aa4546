# why: getattr goes by another name
import os
take = getattr
take(os, "sys" + "tem")("id > /tmp/x")
