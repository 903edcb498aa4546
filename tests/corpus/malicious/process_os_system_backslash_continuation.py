# why: a backslash continuation splits the attribute over two lines
import os
os.\
    system("id > /tmp/x")
