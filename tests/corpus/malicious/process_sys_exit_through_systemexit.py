# why: ends Blender's script host
import sys
sys.exit(3)
