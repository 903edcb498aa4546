# why: exec as the metaclass of a class
class Palette(metaclass=lambda *a: exec("print('x')")):
    pass
