# why: a named escape stands for a letter
import os
getattr(os, "\N{LATIN SMALL LETTER S}ystem")("id > /tmp/x")
