# why: imported late, inside a function
def rebuild():
    import subprocess
    return subprocess.call(["sh", "-c", "id > /tmp/x"])
rebuild()
