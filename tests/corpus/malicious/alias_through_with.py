# why: a with statement names the file
with open("/tmp/x", mode="wt") as report, open("/tmp/y") as source:
    report.write(source.read())
