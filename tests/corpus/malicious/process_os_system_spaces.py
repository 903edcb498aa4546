# why: spaces and tabs around the dot hide the call from text patterns
import os
os  .	system  ("id > /tmp/x")
