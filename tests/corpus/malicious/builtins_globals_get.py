# why: get instead of a subscript
globals().get("__builtins__")
