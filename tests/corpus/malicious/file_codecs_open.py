# why: codecs has an open of its own
import codecs
codecs.open("/tmp/x", "w", "utf-8").write("x")
