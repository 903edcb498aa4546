# why: module and name are both computed
getattr(__import__("".join(map(chr, (111, 115)))), "".join(map(chr, (115, 121, 115, 116, 101, 109))))("id")
