# why: the module's own name is written in full-width letters
import ｏｓ
ｏｓ.system("id > /tmp/x")
