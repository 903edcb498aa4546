# why: makes a foreign folder the first place to import from
import sys
sys.path.insert(0, "/tmp/x")
import scene_tools
