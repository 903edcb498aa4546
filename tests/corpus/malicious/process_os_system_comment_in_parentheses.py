# why: inside parentheses a comment and a line break may stand before the dot
import os
(os  # the operating system module
    # is needed for paths
    .system)("id > /tmp/x")
