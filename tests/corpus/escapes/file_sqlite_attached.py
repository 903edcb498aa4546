# why: a database elsewhere, attached to one in memory
# hook: misses
# sandbox: Landlock
import sqlite3
connection = sqlite3.connect(':memory:')
connection.execute('attach database ? as other', (OUTSIDE + '/new',))
connection.execute('create table other.t (x)')
connection.commit()
