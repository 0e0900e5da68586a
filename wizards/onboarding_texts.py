from markupsafe import Markup
from odoo import _, api, models


class SyncHubOnboarding(models.TransientModel):
    """The words of the set-up: what to do, and where the remote's own back office shows what is asked for."""

    _inherit = "sync.hub.onboarding"

    @api.model
    def _titles(self):
        return {
            "start": _("Which shop"),
            "credentials": _("Access"),
            "test": _("Test"),
            "flows": _("What goes where"),
            "odoo": _("In Odoo"),
            "maps": _("Values"),
            "webhook": _("Messages"),
            "go": _("Start"),
        }

    @api.model
    def _labels(self):
        """(kind, field) -> what the field is called there, where it is not its usual name."""
        return {
            ("prestashop", "url"): _("Address of the shop"),
            ("prestashop", "token"): _("Webservice key"),
            ("cartona", "url"): _("Address of Cartona"),
            ("cartona", "token"): _("API token"),
            ("medusa", "url"): _("Address of Medusa's backend"),
            ("medusa", "token"): _("Secret API key"),
            ("vendor_api", "url"): _("Address of the retailer's Odoo"),
            ("vendor_api", "token"): _("API token"),
        }

    def _texts(self):
        """(kind, step), or (None, step) for all kinds -> the step's sentence, then what to do one after the other."""
        base, key = self.get_base_url(), self.webhook_url or ""
        code = lambda text: Markup("<code>{}</code>").format(text)  # noqa: E731
        return {
            (None, "start"): (
                _("What do you want to connect? Nothing is sent or imported before the last step, and you can leave "
                  "at any time: the dashboard goes on where you were."),
                _("PrestaShop: a shop with the module Odoo Sales Sync. Customers, orders, invoices and coupons come "
                  "in; order states, stock and prices go out."),
                _("Cartona: the marketplace. Orders come in; prices, stock and order states go out."),
                _("Vendor API: a retailer's Odoo that takes your products and stock, or a vendor whose products you "
                  "sell."),
                _("Medusa: a Medusa v2 shop. Its products are made of Odoo's; orders and customers come in."),
            ),
            ("prestashop", "credentials"): (
                _("Odoo talks with the module Odoo Sales Sync of your shop, and with its Webservice."),
                _("Address of the shop: what your customers type, for example https://shop.example.com"),
                _("Webservice key (recommended): in the shop, Advanced Parameters > Webservice, switch the Webservice "
                  "on, Add new key, Generate. Give it View on customers, addresses, orders and everything that begins "
                  "with order_, cart_rules, carriers, currencies, countries, states, taxes, groups, languages, "
                  "messages, products, combinations and stock_availables; Patch on the last three. Never give it "
                  "configurations."),
                _("Without a key stock and prices are not sent, and what the module loses is not found again."),
                _("Time zone: the shop's own, International > Localization > Local units."),
            ),
            ("prestashop", "webhook"): (
                _("The shop tells Odoo at once what happens in it. For that it needs an address and a secret."),
                _("Press New secret, and copy it: it is shown once."),
                _("In the shop: Modules > Module Manager > Odoo Sales Sync > Configure. Paste the address and the "
                  "secret, and switch on Reverse sync so that changes may go back."),
                _("Press the test button of the module, or place an order: the bar below turns green."),
            ),
            ("cartona", "credentials"): (
                _("Cartona's support gives you the address and the token of your account."),
                _("Address: usually https://supplier-integrations.cartona.com/api/v1"),
                _("API token: from the integration team of Cartona; it belongs to your supplier account."),
                _("Supplier code: only when one token covers several accounts."),
                _("Paths: leave them as they are; the test in the next step tells when the others are meant."),
            ),
            ("cartona", "webhook"): (
                _("Optional: Cartona can tell Odoo at once of orders. Without it orders are read every five minutes."),
                _("Press New secret, and copy it: it is shown once."),
                Markup(_("Send both to Cartona's integration team, with the paper docs/cartona_webhook.md. The fixed "
                         "addresses %(orders)s and %(states)s do as well as your own below.")) % {
                    "orders": code(f"{base}/cartona_integration/webhook/orders"),
                    "states": code(f"{base}/cartona_integration/webhook/order_status"),
                },
                _("The secret travels in the header AuthorizationToken, or signs the body (HMAC-SHA256)."),
            ),
            ("medusa", "credentials"): (
                _("Odoo keeps the products of your Medusa shop and follows its orders, by the Admin API."),
                _("Address of Medusa's backend: the one that Medusa's admin opens at, without /app."),
                _("Secret API key (sk_...): in Medusa's admin, Settings > Secret API Keys > Create."),
            ),
            ("medusa", "webhook"): (
                _("Optional: Medusa sends no messages by itself; a small file in your shop makes it tell Odoo at once. "
                  "Without it orders are read every five minutes."),
                _("Press New secret, and copy it: it is shown once."),
                _("Copy docs/medusa_subscriber.ts of Sync Hub to src/subscribers/ of your shop."),
                Markup(_("Set %(url)s and %(secret)s in its environment, and start it again.")) % {
                    "url": code(f"SYNC_HUB_URL={key}"),
                    "secret": code("SYNC_HUB_SECRET=..."),
                },
            ),
            ("vendor_api", "credentials"): (
                _("Two directions; fill in the one that you need, or both."),
                _("You sell to a retailer: he gives you the address of his Odoo, a token, and the number under which "
                  "he keeps you as a partner (in a Sync Hub: Vendors > Vendor tokens)."),
                _("You sell what a vendor has: he gives you the address of his shop's API and a key. Vendor is his "
                  "contact in your Odoo."),
            ),
            ("vendor_api", "webhook"): (
                _("The vendor's shop can tell when his stock changes. Without it he is asked every five minutes."),
                _("Give him the address below. His message is not signed, so nothing of it is believed: it only makes "
                  "Odoo ask him."),
            ),
            (None, "test"): (
                _("Odoo asks the other side whether the credentials are right. Nothing is changed anywhere."),
            ),
            (None, "flows"): (
                _("Choose what Odoo sends and what it takes over. All of it can be changed later."),
            ),
            ("prestashop", "flows"): (
                _("Customers, orders and coupons go back through the module; stock and prices, and the reading of the "
                  "shop, need the Webservice key. All of it can be changed later."),
            ),
            (None, "odoo"): (
                _("Where orders and prices belong in your company. What is left empty takes what is written there."),
            ),
            (None, "maps"): (
                _("The shop's own values and what they mean in Odoo. What is certain is filled in already; look at "
                  "what is proposed, and at what is missing."),
            ),
            (None, "go"): (
                _("This is what happens when you start:"),
            ),
        }  # fmt: skip
