import json
import re

from odoo.tests import tagged

from ..controllers.api.params import STATUSES, TRIGGER_WORDS
from ..controllers.api.table import BASE, ROUTES
from .api import ApiCase


@tagged("post_install", "-at_install")
class TestApiDocument(ApiCase):
    def setUp(self):
        super().setUp()
        response = self.url_open(f"{BASE}/openapi.json")
        self.assertEqual((response.status_code, response.cookies.get_dict()), (200, {}))
        self.document = response.json()

    def operation(self, name):
        operations = [o for methods in self.document["paths"].values() for o in methods.values()]
        (found,) = [operation for operation in operations if operation["operationId"] == name]
        return found

    def test_every_address_is_in_it_with_its_answers(self):
        self.assertEqual(self.document["openapi"], "3.1.0")
        self.assertEqual(self.document["servers"], [{"url": BASE}])
        self.assertEqual(set(self.document["paths"]), {route.path for route in ROUTES})
        for name, statuses in {
            "startFullSync": "202 400 401 403 404 409 413", "syncProduct": "202 400 401 403 404 409",
            "getJob": "200 400 401 403", "getQueueStats": "200 400 401 403", "listLogs": "200 400 401 403 404",
            "getLog": "200 400 401 403 404", "retryLog": "200 400 401 403 404 409", "getStats": "200 400 401 403",
            "listConnectors": "200 400 401 403", "getOpenApi": "200",
        }.items():  # fmt: skip
            with self.subTest(name):
                self.assertEqual(list(self.operation(name)["responses"]), statuses.split())

    def test_a_key_is_asked_for_everywhere_but_here(self):
        self.assertEqual(self.document["security"], [{"apiKey": []}])
        self.assertEqual(self.document["components"]["securitySchemes"]["apiKey"]["scheme"], "bearer")
        free = [route.name for route in ROUTES if self.operation(route.name).get("security") == []]
        self.assertEqual(free, ["getOpenApi"])

    def test_parameters_say_what_is_checked(self):
        found = {parameter["name"]: parameter for parameter in self.operation("listLogs")["parameters"]}
        self.assertEqual(
            list(found), "page limit status triggerType variantSku startDate endDate connector direction entity".split()
        )
        limit = found["limit"]["schema"]
        self.assertEqual((limit["minimum"], limit["maximum"], limit["default"]), (1, 200, 50))
        self.assertEqual(found["status"]["schema"]["enum"], list(STATUSES))
        self.assertEqual(found["triggerType"]["schema"]["enum"], list(TRIGGER_WORDS))
        self.assertNotIn("default", found["status"]["schema"])
        self.assertFalse(any(parameter["required"] for parameter in found.values()))
        (number,) = self.operation("getLog")["parameters"]
        self.assertEqual((number["in"], number["required"], number["schema"]["maximum"]), ("path", True, 2**31 - 1))

    def test_links_lead_to_addresses_and_start_at_fields(self):
        schemas, found = self.document["components"]["schemas"], 0
        for route in ROUTES:
            links = self.operation(route.name)["responses"][str(route.status)].get("links", {})
            for link in links.values():
                found += 1
                self.assertEqual([p["name"] for p in self.operation(link["operationId"])["parameters"]], ["id"])
                field = link["parameters"]["id"].removeprefix("$response.body#/").partition("/")[0]
                self.assertIn(field, schemas[route.answer.__name__]["properties"])
        self.assertEqual(found, 5)

    def test_every_reference_leads_somewhere(self):
        schemas = self.document["components"]["schemas"]
        references = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(self.document)))
        self.assertEqual(references - set(schemas), set())
        self.assertFalse(set(schemas) - references, "schemas that nothing uses")

    def test_the_answers_fields_are_all_there(self):
        log = self.document["components"]["schemas"]["Log"]
        self.row()
        (row,) = self.get("/sync/logs")["logs"]
        shown = self.get(f"/sync/logs/{row['id']}")["log"]
        self.assertEqual((set(log["properties"]), set(log["required"])), (set(shown), set(shown)))
        self.assertFalse(log["additionalProperties"])
