import copy

from .common import HubCase


class PrestashopOrdersCase(HubCase):
    """A PrestaShop connector, and the two products that the sample orders are of."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shirt = cls._product("T-shirt blue M", default_code="TS-BLUE-M")
        cls.mug = cls._product("Mug Koala", default_code="MUG-KOALA")
        cls.shop = cls._prestashop()
        cls.customer = "contract-4.3"
        cls.address = "contract-4.4"

    def _changed(self, body, sequence, time=None, **after):
        """The same event as a later one of the shop, with other content."""
        body = copy.deepcopy(body)
        event = body["events"][0]
        event["event_id"] = sequence
        event["transaction_hash"] = f"{sequence:064d}"
        if time:
            event["hook_timestamp"] = time
        event["after_data"].update(after)
        return body
