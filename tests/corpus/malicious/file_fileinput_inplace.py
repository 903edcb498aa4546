# why: edits files in place
import fileinput
for line in fileinput.input("/home/user/.bashrc", inplace=True):
    print(line.replace("a", "b"))
