# why: a datagram from one of a pair
# hook: network.open
# sandbox: seccomp
import _socket
a, b = _socket.socketpair(_socket.AF_UNIX, _socket.SOCK_DGRAM)
result = a.sendto(b'x', 0, OUTSIDE + '/datagrams') == 1
