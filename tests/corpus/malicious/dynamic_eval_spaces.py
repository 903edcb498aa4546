# why: a space before the parenthesis
eval   ("1 + 1")
