# why: reads what a shell command prints
import subprocess
print(subprocess . check_output ("env", shell = True))
