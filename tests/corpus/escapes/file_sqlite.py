# why: a database elsewhere
# hook: file.write
# sandbox: Landlock
import sqlite3
sqlite3.connect(OUTSIDE + '/new').execute('create table t (x)')
