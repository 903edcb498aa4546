# why: unpickling under another name, from a file
from pickle import load as read_scene
read_scene(open("/tmp/x.pkl", "rb"))
