"""The client of PrestaShop's Webservice, against its odd answers."""

import base64

from ..models.adapters.errors import CredentialError, RejectedError, TransientError
from ..models.adapters.prestashop.webservice import Forbidden, SavedDespiteError, Webservice
from ..models.adapters.transport import Transport
from .webservice import KEY, MODULE, URL, WebserviceCase, errors, noise


class TestWebserviceAnswers(WebserviceCase):
    def setUp(self):
        super().setUp()
        self.client = Webservice({"url": URL, "token": KEY}, Transport(secrets=[KEY]))

    def answer(self, status, value=b"", headers=None):
        self.remote.answer = lambda request, body: (status, value, headers or {})

    def rows(self, **options):
        return self.client.rows("products", **options)

    def refusal(self, kind, work=None):
        with self.assertRaises(kind) as caught:
            (work or self.rows)()
        self.assertIs(type(caught.exception), kind)
        return caught.exception

    def change(self):
        return self.client.post("products", "product", {"price": "1.000000"})

    def test_list_under_whatever_name_and_an_empty_one(self):
        self.answer(200, [])
        self.assertEqual(self.rows(), [])
        self.answer(200, {"order_slips": [{"id": 1}]})
        self.assertEqual(self.rows(), [{"id": 1}])

    def test_asking_for_none_of_them_asks_nothing(self):
        self.assertEqual(self.rows(id=[]), [])
        self.assertFalse(self.remote.calls)

    def test_parameters(self):
        self.answer(200, [])
        self.rows(display="[id]", offset=20, limit=10, date=True, date_upd="[2026-01-01 00:00:00,2026-01-02 00:00:00]")
        self.rows(id={9, 8})
        asked = [request.url for request, _body in self.remote.calls]
        for part in ("limit=20%2C10", "date=1", "output_format=JSON", "sort=%5Bid_ASC%5D", "display=%5Bid%5D"):
            self.assertIn(part, asked[0])
        self.assertIn("filter%5Bid%5D=%5B8%7C9%5D", asked[1])
        headers = self.remote.calls[0][0].headers
        self.assertEqual(base64.b64decode(headers["Authorization"].split()[1]).decode(), f"{KEY}:")
        self.assertNotIn(KEY, asked[0])

    def test_answer_that_is_no_list_is_tried_again(self):
        for value in ({"product": {"id": "1"}}, b"<html>hello</html>", b"", {"a": [], "b": []}):
            self.answer(200, value)
            self.assertEqual(self.refusal(TransientError).code, "malformed")

    def test_first_real_code_is_the_cause_of_a_500(self):
        for code in (32, 35, 37, 38, 39):
            self.answer(*errors(500, *noise("before it"), (code, "Unable to filter"), *noise("/var/www/x.php")))
            error = self.refusal(RejectedError)
            self.assertIn("Unable to filter", str(error))
            self.assertNotIn("Warning", str(error))

    def test_saved_although_the_module_raised_warnings(self):
        self.answer(*errors(500, *noise(MODULE, "another")))
        self.assertEqual(self.refusal(SavedDespiteError, self.change).code, "saved_despite_error")
        # Nothing was written: there is nothing to look up.
        self.refusal(TransientError)
        self.answer(*errors(500, *noise("in /var/www/modules/other/other.php")))
        self.refusal(SavedDespiteError, self.change)
        self.answer(*errors(500, (85, "not valid"), *noise(MODULE)))
        self.refusal(RejectedError, self.change)

    def test_500_without_a_body_is_tried_again(self):
        self.answer(500)
        self.assertEqual(self.refusal(TransientError).code, "http_500")

    def test_key_that_is_refused(self):
        self.answer(401, b"401 Unauthorized")
        self.refusal(CredentialError)
        self.answer(*errors(401, (20, "Key is not active"), (21, "No permission")))
        self.assertIn("Key is not active (field Webservice key)", str(self.refusal(CredentialError)))
        self.refusal(CredentialError, lambda: self.rows(optional=True))

    def test_resource_that_the_key_may_not_read(self):
        self.answer(*errors(401, (26, "Resource of type products is not allowed")))
        self.assertEqual(self.rows(optional=True), [])
        self.assertIn("Give the key this right", str(self.refusal(Forbidden)))

    def test_missing_record_redirect_and_a_webservice_that_is_off(self):
        self.answer(404)
        self.assertIn("no such record", str(self.refusal(RejectedError)))
        self.answer(302, b"", {"Location": "https://elsewhere.test/index.php"})
        self.assertIn("correct the connector's URL", str(self.refusal(RejectedError)))
        self.assertNotIn("elsewhere", "".join(request.url for request, _body in self.remote.calls))
        self.answer(*errors(503, (22, "PrestaShop webservice is disabled")))
        error = self.refusal(TransientError)
        self.assertEqual((error.code, error.seconds), ("http_503", 300))

    def test_html_escapes_are_undone_in_both_forms(self):
        self.answer(*errors(400, (85, "StockAvailable-&gt;quantity is &quot;odd&quot;")))
        self.assertIn('StockAvailable->quantity is "odd"', str(self.refusal(RejectedError, self.change)))
        xml = b"<prestashop><errors><error><code>85</code><message>A-&amp;gt;b</message></error></errors></prestashop>"
        self.answer(400, xml)
        self.assertIn("A->b", str(self.refusal(RejectedError, self.change)))

    def test_xml_with_entities_is_not_expanded(self):
        self.answer(200, b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><prestashop><product><id>8</id>'
                         b"<price>&x;</price></product></prestashop>")  # fmt: skip
        self.assertEqual(self.client.patch("products", "product", [{"id": "8", "price": "1"}])["8"]["price"], "")
        self.answer(200, b"no xml")
        self.refusal(TransientError, self.change)

    def test_values_are_escaped(self):
        self.answer(200, b"<prestashop><product><id>8</id></product></prestashop>")
        self.client.patch("products", "product", [{"id": "8", "reference": "<a> & b", "active": True, "upc": None}])
        body = self.remote.calls[-1][1]
        self.assertIn(b"<reference>&lt;a&gt; &amp; b</reference><active>1</active><upc></upc>", body)
        self.assertEqual(self.remote.calls[-1][0].headers["Content-Type"], "application/xml")

    def test_rights_and_version(self):
        self.answer(200, b'<prestashop><api shopName="x"><products get="true" patch="true" put="false"/></api>'
                         b"</prestashop>", {"PSWS-Version": "8.2.1"})  # fmt: skip
        self.assertEqual(self.client.rights(), {"products": {"get", "patch"}})
        self.assertEqual(self.client.version(), (8, 2, 1))
        self.answer(200, [], {"PSWS-Version": "0"})
        self.assertEqual(self.client.version(), (0,))
