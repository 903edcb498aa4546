# why: a helper function returns the module
def lib():
    import os
    return os
lib().system("id > /tmp/x")
