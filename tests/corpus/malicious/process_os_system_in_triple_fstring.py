# why: a triple-quoted f-string with code over several lines
import os
report = rf"""
Scene report {{draft}}
{
    os.system('id > /tmp/x')
}
"""
