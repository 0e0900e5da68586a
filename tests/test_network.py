import ipaddress
import shutil
import socket
import ssl
import tempfile
import threading
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from unittest.mock import patch

from cryptography import x509
from cryptography.hazmat.backends import default_backend
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from odoo.exceptions import ValidationError
from odoo.tests import BaseCase
from odoo.tests.common import _super_send

from ..models.adapters.errors import RejectedError, TransientError
from ..models.adapters.network import Trusted, in_networks, is_public
from ..models.adapters.transport import Transport
from .common import CARTONA_URL, HubCase

HERE = {"shop.test": ["127.0.0.1"]}


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.headers["Host"])
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_args):
        """Quiet."""


class TestAddresses(BaseCase):
    def test_what_everybody_can_reach_is_public_and_nothing_else(self):
        for address in ("93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"):
            self.assertTrue(is_public(address), address)
        for address in (
            "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
            "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1",
            "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::",
        ):  # fmt: skip
            self.assertFalse(is_public(address), address)

    def test_trusted_hosts_are_names_addresses_and_networks(self):
        trusted = Trusted("Shop.lan, 10.0.0.0/24 192.168.1.5,fd00::/8")
        self.assertTrue(trusted.has("shop.LAN", "172.16.0.1"))
        self.assertTrue(trusted.has("other", "10.0.0.77"))
        self.assertTrue(trusted.has("other", "::ffff:10.0.0.77"))
        self.assertTrue(trusted.has("other", "fd12::1"))
        self.assertFalse(trusted.has("other", "10.0.1.1"))
        self.assertFalse(trusted.has("my-shop.lan", "172.16.0.1"))
        for wrong in ("http://shop.lan", "shop.lan/x", "10.0.0.0/99", "a_b@c"):
            with self.assertRaises(ValueError):
                Trusted(wrong)

    def test_what_is_no_address_lies_nowhere(self):
        self.assertFalse(in_networks("unknown", [ipaddress.ip_network("0.0.0.0/0")]))


class GuardCase(BaseCase):
    """Real connections to a server on this machine, whose address is private."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = HTTPServer(("127.0.0.1", 0), Page)
        cls.server.asked = []
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        cls.addClassCleanup(cls.server.server_close)
        cls.addClassCleanup(cls.server.shutdown)
        cls.port = cls.server.server_address[1]

    def setUp(self):
        super().setUp()
        self.server.asked.clear()

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        return _super_send(s, r, **kw)

    def get(self, host, trusted="", names=None, scheme="http", verify=True):
        """Ask the server by a name that the names say leads to it; returns the transport."""
        real = socket.getaddrinfo

        def look_up(name, port, *args, **kwargs):
            found = (names or {}).get(name)
            rows = [real(address, port, *args, **kwargs)[0] for address in found] if found else None
            return rows or real(name, port, *args, **kwargs)

        transport = Transport(timeout=(2, 2), trusted=trusted)
        if verify is not True:
            transport.session.verify = verify
        with patch("socket.getaddrinfo", look_up):
            transport.request("GET", f"{scheme}://{host}:{self.port}/x")
        return transport


class TestGuard(GuardCase):
    def assertNotCalled(self, *args, **kwargs):
        with self.assertRaises(RejectedError) as caught:
            self.get(*args, **kwargs)
        self.assertIn("Hosts of your own network", str(caught.exception))
        self.assertFalse(caught.exception.divisible)
        self.assertFalse(self.server.asked, "a request reached the server")

    def test_private_addresses_are_not_called_unless_trusted(self):
        self.assertNotCalled("127.0.0.1")
        self.assertNotCalled("127.0.0.1", scheme="https")
        self.assertNotCalled("localhost")
        self.assertNotCalled("shop.test", names={"shop.test": ["127.0.0.1"]})
        self.assertNotCalled("shop.test", names={"shop.test": ["127.0.0.1"]}, scheme="https", trusted="other.test")
        self.assertNotCalled("[::ffff:127.0.0.1]")
        self.assertNotCalled("2130706433")
        self.get("127.0.0.1", trusted="127.0.0.1")
        self.get("shop.test", names={"shop.test": ["127.0.0.1"]}, trusted="shop.test")
        self.get("shop.test", names={"shop.test": ["127.0.0.1"]}, trusted="127.0.0.0/8")
        # The server is asked by the name, whatever address was connected to.
        self.assertEqual(self.server.asked[-1], f"shop.test:{self.port}")

    def test_a_public_address_is_not_called_without_tls(self):
        self.assertNotCalled("shop.test", names={"shop.test": ["93.184.216.34"]})

    def test_a_name_with_several_addresses_is_called_at_those_that_are_allowed(self):
        names = {"shop.test": ["10.255.255.1", "127.0.0.1"]}
        self.get("shop.test", names=names, trusted="127.0.0.1")
        self.assertEqual(len(self.server.asked), 1)

    def test_the_second_address_is_tried_when_the_first_refuses(self):
        names = {"shop.test": ["127.0.0.9", "127.0.0.1"]}
        self.get("shop.test", names=names, trusted="127.0.0.0/8")
        self.assertEqual(len(self.server.asked), 1)

    def test_an_unknown_name_and_a_closed_port_are_for_later(self):
        for host, names in (("nobody.invalid", {}), ("shop.test", {"shop.test": ["127.0.0.9"]})):
            with self.assertRaises(TransientError) as caught:
                self.get(host, names=names, trusted="shop.test, nobody.invalid")
            self.assertEqual(caught.exception.code, "no_connection")

    def test_a_server_without_tls_is_not_spoken_to_when_tls_is_asked_for(self):
        with self.assertRaises(TransientError):
            self.get("shop.test", names=HERE, trusted="shop.test", scheme="https")
        self.assertFalse(self.server.asked)


class TestTls(GuardCase):
    """The same server with a certificate that it has signed itself, for the name shop.test."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, folder)
        cls.certificate = certificate_of("shop.test", Path(folder))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cls.certificate)
        cls.server.socket = context.wrap_socket(cls.server.socket, server_side=True)

    def ask(self, host, **options):
        self.get(host, names={host: ["127.0.0.1"]}, trusted=host, scheme="https", **options)
        return self.server.asked

    def test_who_vouches_for_himself_is_refused(self):
        with self.assertRaises(TransientError) as caught:
            self.ask("shop.test")
        self.assertFalse(self.server.asked)
        self.assertEqual(caught.exception.code, "no_connection", "it was sent nothing")
        self.assertRegex(str(caught.exception), "certificate of https://shop.test.* is not accepted: self.signed")

    def test_a_certificate_for_another_name_is_refused(self):
        with self.assertRaises(TransientError) as caught:
            self.ask("other.test", verify=str(self.certificate))
        self.assertFalse(self.server.asked)
        self.assertIn("other.test", str(caught.exception))

    def test_a_certificate_that_is_trusted_is_taken(self):
        self.assertEqual(self.ask("shop.test", verify=str(self.certificate)), [f"shop.test:{self.port}"])


def certificate_of(name, folder):
    """The file of a new key and of a certificate for a name, signed with it."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048, backend=default_backend())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1))
        .not_valid_after(datetime(2100, 1, 1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256(), default_backend())
    )
    pem = serialization.Encoding.PEM
    text = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "certificate.pem"
    path.write_bytes(text + made.public_bytes(pem))
    return path


class TestHostsInSettings(HubCase):
    def test_connectors_are_told_the_trusted_hosts_and_wrong_ones_are_named(self):
        Settings = self.env["res.config.settings"]
        Settings.create({"hub_trusted_hosts": "shop.lan, 10.0.0.0/24"}).execute()
        config = self._cartona()._push_config()
        self.assertEqual(config["trusted"], "shop.lan, 10.0.0.0/24")
        with self.assertRaises(ValidationError) as caught:
            Settings.create({"hub_trusted_hosts": "shop.lan, http://x"})
        self.assertIn("http://x", str(caught.exception))

    def test_an_address_with_a_key_in_it_is_refused(self):
        connector = self._cartona()
        for wrong in ("https://me:key@shop.test", "https://me@shop.test/x", "https://shop.test/?token=1",
                      "https://shop.test/api?x=1&ws_key=A"):  # fmt: skip
            with self.assertRaises(ValidationError, msg=wrong) as caught:
                connector.url = wrong
            self.assertIn("URL", str(caught.exception))
        connector.url = "https://shop.test/api?shop=2#top"

    def test_a_changed_host_gets_no_secret_of_the_one_before(self):
        connector = self._cartona(webhook_secret="the-secret")
        connector.token = "the-token"

        def kept():
            config = connector._push_config()
            return config["token"], config["webhook_secret"]

        for same in (f"{CARTONA_URL}/", "https://cartona.test:443/api/v2", "https://CARTONA.test/api/v1"):
            connector.url = same
            self.assertEqual(kept(), ("the-token", "the-secret"), same)
        connector.url = "https://cartona.test.example.com/api/v1"
        self.assertEqual(kept(), ("", ""))
        self.assertFalse(connector.token_set)
        self.assertIn("API token", connector.message_ids[0].body)
        connector.write({"url": "https://other.test", "token": "the-other"})
        self.assertEqual(kept()[0], "the-other")
        for other in ("https://evil.test", "https://other.test:8443", "http://other.test"):
            connector.write({"url": "https://other.test", "token": "the-other"})
            connector.token = "the-other"
            connector.url = other
            self.assertEqual(kept()[0], "", other)
