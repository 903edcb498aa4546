# why: the import stands in a try block on one line
try: import subprocess as q; q.run(["id"])
except Exception: pass
