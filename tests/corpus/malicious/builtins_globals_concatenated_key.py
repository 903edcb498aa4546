# why: the key of globals() is computed
globals()["__buil" + "tins__"].eval("print('x')")
