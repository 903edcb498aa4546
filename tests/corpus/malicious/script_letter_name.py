# why: a mathematical script letter folds to a plain one
import os
os.𝓼ystem("id > /tmp/x")
