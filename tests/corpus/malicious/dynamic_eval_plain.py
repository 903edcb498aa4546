# why: evaluates a text as code
value = "__import__('os').system('id')"
eval(value)
