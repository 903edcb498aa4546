# why: code hidden in compressed bytes
import zlib, binascii
exec(zlib.decompress(binascii.unhexlify("789c2b28cacc2bd1500203")).decode())
