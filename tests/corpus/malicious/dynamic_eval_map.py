# why: eval is passed to map
tuple(map(eval, ["print('x')"]))
