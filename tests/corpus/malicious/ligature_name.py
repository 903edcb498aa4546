# why: the fi ligature folds to two letters
import pathlib
pathlib.Path("/tmp/x").write_text("ﬁ")
import ﬁleinput
ﬁleinput.input("/tmp/x", inplace=True)
