# why: a class body is executed when it is defined
class Material:
    import shutil
    shutil.rmtree("/tmp/x", ignore_errors=True)
