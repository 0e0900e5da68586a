"""The shop's Webservice: /api/<resource>[/<id>], with the checks before any resource."""

import base64
import difflib
import hashlib
import time

from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from . import query, render, write
from .errors import Fatal, Missing, Refused
from .rights import METHODS, has_patch, permissions
from .schema import EVERY, RESOURCES

KEY = "DEMOPRESTASHOPWEBSERVICEKEY00001"
OPTIONS = {"webservice_key": KEY, "webservice_enabled": True, "version": "8.2.1", "permissions": {}}
POWERED = {"X-Powered-By": "PrestaShop Webservice"}
WELCOME = (
    'Basic realm="Welcome to PrestaShop Webservice, please enter the authentication key as the login. '
    'No password required."'
)
JSON, XML, HTML = "application/json", "text/xml;charset=utf-8", "text/html; charset=utf-8"
ROOT, DISPATCHER = "/api", "/webservice/dispatcher.php"


def is_mine(path):
    return path == ROOT or path.startswith((ROOT + "/", DISPATCHER))


class Call:
    """One request, its answer in the making."""

    def __init__(self, shop, options, request, path):
        self.shop, self.options, self.request = shop, options, request
        self.begun = time.perf_counter()
        self.version = "0"
        self.events = None  # what the module sends after the answer
        self.args = MultiDict(request.args)
        self.base = request.host_url.rstrip("/") + request.path[: -len(path)]
        inner = self.args.pop("url", "") if path.startswith(DISPATCHER) else path[len(ROOT) :]
        self.parts = [part for part in inner.split("/") if part]
        header = request.headers.get("Output-Format") or request.headers.get("Io-Format") or ""
        self.json = (self.args.get("output_format") or header).upper() == "JSON"
        languages = query.languages(self.args)
        self.xml = render.Xml(self.base, languages)

    # -- answers ---------------------------------------------------------------
    def respond(self, body, status=200, kind=None, headers=None):
        response = Response(body, status)
        response.headers["Content-Type"] = (JSON if self.json else XML) if kind is None else kind
        response.headers.update(
            {
                **POWERED,
                **(headers or {}),
                "Access-Time": str(self.shop.now()),
                "PSWS-Version": self.version,
                "Execution-Time": f"{time.perf_counter() - self.begun:.3f}",
            }
        )
        return response

    def good(self, body, status=200):
        digest = hashlib.sha1(body.encode()).hexdigest()
        if self.request.headers.get("Local-Content-Sha1") == digest:
            return self.respond("", 304, headers={"Content-Sha1": digest})
        response = self.respond(body, status, headers={"Content-Sha1": digest})
        if self.request.method == "HEAD":
            response.set_data(b"")
        return response

    def bad(self, refused, headers=None):
        text = render.json_errors(refused.errors) if self.json else self.xml.errors(refused.errors)
        return self.respond(text, refused.status, headers=headers)

    def dead(self):
        """PHP died: no Webservice header but the first."""
        return Response("", 500, {"X-Powered-By": "PHP/8.2.35"}, content_type=HTML)

    # -- the way -------------------------------------------------------------
    def run(self):
        domain = self.options["domain"]
        if domain and self.request.host != domain:
            inner = "/".join(self.parts)
            place = f"http://{domain}/index.php?url={inner}"
            return Response("", 302, {"Location": place}, content_type=HTML)
        key = self.key()
        if not key:
            return Response("401 Unauthorized", 401, {**POWERED, "WWW-Authenticate": WELCOME}, content_type=HTML)
        refused = self.key_refused(key)
        if refused:
            return self.bad(refused, {"WWW-Authenticate": WELCOME} if refused.status == 401 else None)
        self.version = self.options["version"]
        try:
            return self.answer()
        except Refused as refused:
            return self.bad(refused)
        except Missing:
            return self.respond("", 404, kind="")
        except Fatal:
            return self.dead()

    def key(self):
        if "ws_key" in self.args:
            return self.args["ws_key"]
        kind, _space, text = self.request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "basic":
            return None
        try:
            return base64.b64decode(text).decode("utf-8", "replace").partition(":")[0]
        except ValueError:
            return None

    def key_refused(self, key):
        if not self.options["webservice_enabled"]:
            message = "The PrestaShop webservice is disabled. Please activate it in the PrestaShop Back Office"
            return Refused(503, (22, message))
        if len(key) != 32:
            return Refused(401, (18, "Invalid authentication key format"))
        if key != self.options["webservice_key"]:
            return Refused(
                401,
                (20, "Authentification key is not active"),
                (21, "No permission for this authentication key"),
            )
        return None

    def answer(self):
        method, allowed = self.request.method, permissions(self.options)
        if not self.parts:
            if self.json:
                raise Fatal
            shown = [m for m in METHODS if m != "PATCH" or has_patch(self.version)]
            return self.good(self.xml.root(allowed, RESOURCES, shown))
        name = self.parts[0]
        if name not in EVERY:
            near = (difflib.get_close_matches(name, EVERY, 1, 0.4) or ["zones"])[0]
            listed = ", ".join(f'"{resource}"' for resource in EVERY)
            message = f'Resource of type "{name}" does not exists. Did you mean: "{near}"? The full list is: {listed}'
            raise Refused(400, (27, message))
        if not allowed.get(name):
            message = f'Resource of type "{name}" is not allowed with this authentication key'
            raise Refused(401, (26, message))
        resource = RESOURCES[name]
        if method in resource.forbidden:
            raise Refused(405, (101, f"Method {method} is not allowed for the resource {name}"))
        if method not in allowed[name]:
            message = f"Method {method} is not allowed for the resource {name} with this authentication key"
            raise Refused(405, (25, message))
        if method in ("GET", "HEAD"):
            return self.read(resource)
        return self.write(resource, method)

    def read(self, resource):
        text = self.parts[1] if len(self.parts) > 1 else None
        if text is not None and not text.isdigit():
            raise Missing
        page = query.answer(self.shop, resource, None if text is None else int(text), self.args)
        if self.json:
            languages = query.languages(self.args)
            return self.good(render.json_page(page, languages, has_patch(self.version)))
        return self.good(self.xml.page(page))

    def write(self, resource, method):
        job = write.Write(self.shop, resource)
        try:
            if method == "DELETE":
                job.delete(self.parts[1] if len(self.parts) > 1 else "")
                return self.respond("", 200, kind="")
            shown = job.save(method, self.request.get_data())
        finally:
            self.events = job.request  # the hooks ran, whatever the answer
        status = 201 if method == "POST" else 200
        if self.json:
            return self.good(render.json_written(resource, shown, has_patch(self.version)), status)
        return self.good(self.xml.written(resource, shown), status)


def call(shop, options, request, path):
    """(answer, forward.Request with the events that the module sends now, or None)"""
    made = Call(shop, options, request, path)
    return made.run(), made.events
