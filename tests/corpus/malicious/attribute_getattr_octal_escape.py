# why: an octal escape stands for a letter
import os
getattr(os, '\163ystem')("id > /tmp/x")
