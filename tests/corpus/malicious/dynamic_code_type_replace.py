# why: swaps the code of a harmless function
def f(): pass
def g(): print("x")
f.__code__ = g.__code__.replace(co_consts=(None, "y"))
f()
