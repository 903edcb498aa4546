# why: eval goes by another name
measure = eval
measure("print('x')")
