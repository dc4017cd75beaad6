"""Takes mails, and tells how many on port 8025: what a catcher does, for a machine that has none."""

from http.server import BaseHTTPRequestHandler, HTTPServer

from aiosmtpd.controller import Controller

mails = []


class Keeper:
    async def handle_DATA(self, server, session, envelope):
        mails.append(envelope.content)
        return "250 kept"


class Count(BaseHTTPRequestHandler):
    def do_GET(self):
        body = b"\n".join(mails) if self.path == "/mails" else str(len(mails)).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


Controller(Keeper(), hostname="0.0.0.0", port=1025).start()
HTTPServer(("0.0.0.0", 8025), Count).serve_forever()
