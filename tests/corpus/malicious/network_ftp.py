# why: uploads by FTP
import ftplib
ftplib.FTP("example.invalid").storbinary("STOR x", open("/tmp/x", "rb"))
