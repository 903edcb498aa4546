# why: pip within the process
from pip._internal import main
main(["install", "example-invalid-package"])
