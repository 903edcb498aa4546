# why: changes where programs are searched
from os import environ
environ["PATH"] = "/tmp/x:" + environ["PATH"]
