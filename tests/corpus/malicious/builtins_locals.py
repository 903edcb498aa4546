# why: locals() at module level is globals()
locals()["__builtins__"]
