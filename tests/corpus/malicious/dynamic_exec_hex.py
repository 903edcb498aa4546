# why: code hidden in hexadecimal digits
exec(bytes.fromhex("7072696e742829"))
