# why: the first argument holds commas and brackets of its own
open("/".join(("", "tmp", ("x", "y")[0])), "w")
