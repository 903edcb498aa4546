# why: code golf that reaches os without an import statement
(lambda b: getattr(b("o"+"s"), "pop"+"en")("id").read())(__builtins__.__import__)
