# why: a line break before the parenthesis
eval \
("print('x')")
