# why: every token on its own line inside brackets
import os
(
os
.
system
(
"id > /tmp/x"
)
)
