# why: the mode is a keyword argument
with open(file="/tmp/x", mode="w", encoding="utf-8") as f:
    f.write("x")
