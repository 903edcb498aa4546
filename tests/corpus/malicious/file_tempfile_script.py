# why: drops a script and makes it executable
import os, tempfile
f = tempfile.NamedTemporaryFile("w", suffix=".sh", delete=False)
f.write("id > /tmp/x")
os.chmod(f.name, 0o700)
