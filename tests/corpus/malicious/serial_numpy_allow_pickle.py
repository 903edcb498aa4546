# why: numpy unpickles when it is allowed to
import numpy as np
np.load("/tmp/x.npy", allow_pickle=True)
