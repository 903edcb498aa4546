# why: io.open is open
import io
io.open("/tmp/x", "w")
