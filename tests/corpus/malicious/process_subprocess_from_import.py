# why: only the class is imported
from subprocess import Popen as Node, PIPE
Node(["id"], stdout=PIPE).communicate()
