# why: a comment stands between the arguments
open (  # the report
    "/tmp/x" ,  # its path
    "w"
)
