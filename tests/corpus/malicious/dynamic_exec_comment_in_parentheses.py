# why: comment and newline between name and call
(exec  # run
)("print('x')")
