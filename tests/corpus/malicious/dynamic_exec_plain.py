# why: executes a text as code
exec("import os\nos.system('id')")
