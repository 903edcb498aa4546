# why: prints a private key into the conversation
print(open("/home/user/.ssh/id_rsa").read())
