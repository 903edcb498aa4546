# why: prints tokens from the environment into the conversation
import os
print(dict(os.environ))
