# why: white space around dot and parenthesis
import shutil as sh
sh . rmtree \
    ("/tmp/x")
