# why: code written backwards
exec(")'x'(tnirp"[::-1])
