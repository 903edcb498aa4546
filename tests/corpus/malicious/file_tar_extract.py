# why: a tar archive may leave its folder
import tarfile
tarfile.open("/tmp/x.tar").extractall("/home/user")
