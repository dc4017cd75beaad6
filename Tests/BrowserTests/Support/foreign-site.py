"""Another site, for tests: its pages make a browser post, and it writes down what browsers send.

foreign-site.py PAGES RECORDS FILE: the ports for its pages and for what is written down, and the file for that, one JSON
object a line. A page's address says all about it: /form?target=… or /fetch?target=…&mode=…, with type=… and body=….
"""
import html
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, urlsplit

pages, records, file = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
lock = threading.Lock()


def form(target, body):
    fields = "".join(f'<input name="{html.escape(n)}" value="{html.escape(v)}">' for n, v in parse_qsl(body))
    return f"""<title>form</title><form method="post" action="{html.escape(target)}">{fields}</form>
        <script>document.forms[0].submit()</script>"""


def fetch(target, mode, kind, body):
    options = {"method": "POST", "credentials": "include", "mode": mode, "headers": {"Content-Type": kind}, "body": body}
    return f"""<title>asked</title><script>
        fetch({json.dumps(target)}, {json.dumps(options)}).then(
            answer => document.title = "answered " + answer.type + " " + answer.status,
            error => document.title = "failed");
        </script>"""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        address = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(address.query, keep_blank_values=True).items()}
        if address.path == "/form":
            self.answer(200, form(asked["target"], asked["body"]))
        elif address.path == "/fetch":
            self.answer(200, fetch(asked["target"], asked["mode"], asked["type"], asked["body"]))
        else:
            self.answer(404, "nothing here")

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.record()

    do_OPTIONS = do_POST

    def record(self):
        with lock, open(file, "a", encoding="utf-8") as output:
            headers = {name.lower(): value for name, value in self.headers.items()}
            output.write(json.dumps({"method": self.command, "path": self.path} | headers) + "\n")
        self.answer(200, "written down")

    def answer(self, status, text):
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format, *arguments):
        pass


servers = [ThreadingHTTPServer(("127.0.0.1", port), Handler) for port in (pages, records)]
print("foreign-site: listening", flush=True)
threads = [threading.Thread(target=server.serve_forever) for server in servers]
for thread in threads:
    thread.start()
