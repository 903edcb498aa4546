# why: getattr with a third argument
import os
(getattr(os, "po" "pen", None) or print)("id")
