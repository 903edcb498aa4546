# why: the code hides in a docstring
def scene():
    """import os
os.system("id")"""
exec(scene.__doc__)
