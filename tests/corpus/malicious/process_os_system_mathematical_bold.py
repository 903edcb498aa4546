# why: mathematical bold letters are the same identifier to Python (NFKC)
import os
os.𝐬𝐲𝐬𝐭𝐞𝐦("id > /tmp/x")
