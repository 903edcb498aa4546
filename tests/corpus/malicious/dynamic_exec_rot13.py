# why: code hidden in rot13
import codecs
exec(codecs.decode("cevag('k')", "rot13"))
