"""A mail server for tests: it writes down each mail that it takes, one JSON object a line.

mail-server.py PORT FOLDER plain|starttls|tls [CERTIFICATE KEY [USER PASSWORD]]
With a user, nobody else may send, and only over TLS. Mails to refused@… are turned away.
"""
import asyncio
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

port, folder, security = int(sys.argv[1]), sys.argv[2], sys.argv[3]
certificate = sys.argv[4:6]
account = sys.argv[6:8]


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused@"):
            return "550 5.1.1 nobody here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = {
            "from": envelope.mail_from,
            "to": ",".join(envelope.rcpt_tos),
            "tls": str(security == "tls" or session.ssl is not None),
            "user": session.auth_data.decode() if session.auth_data else "",
            "content": envelope.content.decode("utf-8"),
        }
        with open(f"{folder}/mails.jsonl", "a", encoding="utf-8", newline="") as file:
            file.write(json.dumps(mail) + "\n")
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    good = [data.login.decode(), data.password.decode()] == account
    # Not handled: the server itself is to answer 535.
    return AuthResult(success=good, handled=good, auth_data=data.login)


def context():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


def protocol():
    options = {"authenticator": authenticate, "auth_required": True} if account else {}
    if security == "starttls":
        options |= {"tls_context": context(), "require_starttls": True}
    else:
        options |= {"auth_require_tls": security != "tls"}
    return SMTP(Handler(), hostname="localhost", enable_SMTPUTF8=True, **options)


async def serve():
    loop = asyncio.get_running_loop()
    tls = context() if security == "tls" else None
    server = await loop.create_server(protocol, "127.0.0.1", port, ssl=tls)
    print("mail-server: listening", flush=True)
    await server.serve_forever()


asyncio.run(serve())
