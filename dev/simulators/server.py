"""One WSGI application: every simulated remote under its own first path part."""

import threading

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from .cartona import Cartona
from .medusa import Medusa
from .page import render
from .prestashop import PrestaShop
from .vendor import Vendor

# A further remote is one line here.
MOUNTS = {
    "prestashop": PrestaShop,
    "cartona": Cartona,
    "medusa": Medusa,
    "vendor": Vendor,
}


class Handler(WSGIRequestHandler):
    disable_nagle_algorithm = True  # head and body go in two writes; Nagle would add 40 ms

    def log_request(self, code="-", size="-"):
        pass


class Server:
    def __init__(self, port=0, odoo_url="http://127.0.0.1:8069", host="127.0.0.1"):
        self.remotes = {name: remote(odoo_url.rstrip("/")) for name, remote in MOUNTS.items()}
        self._http = make_server(host, port, self.app, threaded=True, request_handler=Handler)
        self._http.daemon_threads = True
        self.url = f"http://{host}:{self._http.port}"

    def app(self, environ, start_response):
        request = Request(environ)
        request.get_data(cache=True)  # always drain the body: connections are kept alive
        name, _, path = request.path.lstrip("/").partition("/")
        if not name:
            response = Response(
                render("Simulators", [("Remotes", ["path"], [[f"/{n}/"] for n in self.remotes])]), mimetype="text/html"
            )
        elif name not in self.remotes:
            response = Response("no such remote", 404)
        else:
            response = self.remotes[name](request, "/" + path)
        return response(environ, start_response)

    def serve_forever(self):
        self._http.serve_forever()

    def start(self):
        """Serve in a thread (tests)."""
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def stop(self):
        self._http.shutdown()
        self._http.server_close()
