# why: the file is opened by a default argument
def log(text, to=open("/tmp/x", "a")): to.write(text)
