# why: unpacks an archive over the home folder
from zipfile import ZipFile
ZipFile("/tmp/x.zip").extractall("/home/user")
