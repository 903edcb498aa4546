# why: a defaultdict calls its factory
from collections import defaultdict
defaultdict(breakpoint)["x"]
