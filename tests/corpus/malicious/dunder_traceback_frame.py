# why: a traceback leads to frames
try:
    1 / 0
except ZeroDivisionError as e:
    e.__traceback__.tb_frame.f_globals["__builtins__"]
