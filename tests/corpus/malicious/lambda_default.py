# why: the function is the default of a lambda
import subprocess as s
(lambda cmd, call=s.call: call(cmd))(["id"])
