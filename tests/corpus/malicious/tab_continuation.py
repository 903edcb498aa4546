# why: backslash continuation between every token
import \
    os \
    as \
    o
o \
    . \
    remove \
    ( "/tmp/x" )
