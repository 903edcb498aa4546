# why: a database elsewhere by its address
# hook: file.write
# sandbox: Landlock
import sqlite3
sqlite3.connect('file:' + OUTSIDE + '/new?mode=rwc', uri=True).execute('create table t (x)')
