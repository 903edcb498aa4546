# why: exec as a decorator needs no parentheses
@exec
@lambda _: "print('x')"
def build(): ...
