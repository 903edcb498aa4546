# why: prints the password file into the conversation
from pathlib import Path
print(Path("/etc/shadow").read_text())
