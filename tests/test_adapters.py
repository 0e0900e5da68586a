from datetime import datetime, timedelta, timezone
from decimal import Decimal

from odoo.tests import BaseCase

from ..models.adapters import redaction, signature, transport, wirejson
from ..models.adapters.cartona import products as cartona
from ..models.adapters.errors import PayloadError, SignatureError
from ..models.adapters.prestashop import mapping


class TestRetryRules(BaseCase):
    def test_retry_after_as_seconds_and_as_date(self):
        now = datetime(2026, 1, 1, 12, 0, tzinfo=timezone.utc)
        self.assertEqual(transport.retry_after("30"), 30)
        self.assertEqual(transport.retry_after("Thu, 01 Jan 2026 12:01:00 GMT", now), 60)
        self.assertEqual(transport.retry_after("Thu, 01 Jan 2026 11:00:00 GMT", now), 0)
        self.assertIsNone(transport.retry_after("soon"))
        self.assertIsNone(transport.retry_after(None))
        self.assertEqual(transport.retry_after("99999999"), transport.LONGEST_WAIT)

    def test_schedule_with_and_without_an_end(self):
        for attempt, seconds in ((1, 10), (2, 60), (3, 300), (9, 300)):
            wait = transport.backoff("10, 60, 300*", attempt)
            self.assertTrue(seconds <= wait <= seconds * 1.1)
        self.assertIsNone(transport.backoff("10, 60", 3))

    def test_jitter_spreads(self):
        self.assertGreater(len({transport.backoff("100", 1) for _round in range(20)}), 10)


class TestRedaction(BaseCase):
    def test_secrets_are_masked_at_any_depth_and_products_are_not(self):
        value = {"token": "t", "order": [{"card_number": "4111", "retailer_otp": "1234", "ean": "8412345678905"}]}
        self.assertEqual(
            redaction.redact(value),
            {"token": "***", "order": [{"card_number": "***", "retailer_otp": "***", "ean": "8412345678905"}]},
        )

    def test_urls_lose_credentials(self):
        self.assertEqual(
            redaction.redact_url("https://user:pass@shop.test/a?token=x&page=2"), "https://shop.test/a?token=***&page=2"
        )


class TestSignature(BaseCase):
    def test_closed_by_default(self):
        self.assertFalse(signature.same_secret("", ""))
        self.assertFalse(signature.same_secret("x", ""))
        self.assertTrue(signature.same_secret("ñ", "ñ"))
        with self.assertRaises(SignatureError) as caught:
            signature.find_by_secret(None, {"k": "s"})
        self.assertEqual(caught.exception.status, 401)
        with self.assertRaises(SignatureError) as caught:
            signature.find_by_secret("x", {"k": "s", "closed": ""})
        self.assertEqual(caught.exception.status, 403)


class TestWireJson(BaseCase):
    def test_fractions_are_decimals_and_survive_the_way_out(self):
        value = wirejson.loads(b'{"a": 104.06, "b": 8.399999999999999, "c": 90}')
        self.assertEqual(value["a"], Decimal("104.06"))
        self.assertEqual(
            wirejson.dumps({"price": Decimal("326.70"), "whole": Decimal("90.00")}), '{"price": 326.7, "whole": 90}'
        )

    def test_hostile_documents_are_one_clear_error(self):
        for raw in (b"\xff", b"{", b"[" * 100000, b'"\\ud800"', b"NaN", b'{"n": 1e999999999999}', b"1" * 5000):
            with self.subTest(raw[:20]), self.assertRaises(PayloadError):
                wirejson.loads(raw)


class TestCartonaAnswers(BaseCase):
    def test_error_nobody_can_be_blamed_for_is_no_success(self):
        errors, whole = cartona.errors_to_hub(
            [{"internal_product_id": "Z", "error": "no"}], [{"internal_product_id": "A"}, {"internal_product_id": "B"}]
        )
        self.assertEqual((errors, whole), ({}, "no"))

    def test_ids_are_compared_as_text(self):
        errors, whole = cartona.errors_to_hub(
            [{"internal_product_id": 7, "error": "no"}], [{"internal_product_id": "7"}]
        )
        self.assertEqual((errors, whole), ({0: "no"}, None))


class TestPrestashopMapping(BaseCase):
    def test_rate_between_prefers_the_rates_of_the_order(self):
        self.assertEqual(mapping.rate_between(Decimal("5"), Decimal("6.05"), [Decimal(21)]), 21)
        self.assertEqual(mapping.rate_between(Decimal("5"), Decimal("5"), [Decimal(21)]), 0)
        self.assertEqual(mapping.rate_between(Decimal("100"), Decimal("110"), [Decimal(21)]), 10)

    def test_shop_times_are_local(self):
        summer = mapping.to_utc(datetime(2025, 7, 1, 12), "Europe/Madrid")
        winter = mapping.to_utc(datetime(2025, 12, 1, 12), "Europe/Madrid")
        self.assertEqual((summer.hour, winter.hour), (10, 11))
        self.assertEqual(summer.utcoffset(), timedelta(0))
