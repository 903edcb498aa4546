# why: makes pip available first
import ensurepip
ensurepip.bootstrap()
