# why: a remote shell
import paramiko
paramiko.SSHClient().connect("example.invalid")
