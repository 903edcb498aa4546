# why: imports from an archive
import zipimport
zipimport.zipimporter("/tmp/x.zip").load_module("x")
