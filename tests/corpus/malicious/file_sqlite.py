# why: a database is a file; ATTACH creates any
import sqlite3
sqlite3.connect("/home/user/.config/browser/places.sqlite").execute("DELETE FROM logins")
