# why: full-width letters
ｅｖａｌ("print('x')")
