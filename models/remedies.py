"""What an error code means to the person who has to do something about it, and where he does it: one table."""

from typing import NamedTuple

from odoo import _, models

from .map import KINDS


class Remedy(NamedTuple):
    """What a person reads, and the button that leads to where it is mended.

    :param str cause: plain words; may name %(value)s, %(kind)s and %(shop)s.
    :param str remedy: what to do.
    :param str label: of the button.
    :param str go: method of `sync.hub.remedies` that returns the action.
    """

    cause: str
    remedy: str
    label: str = ""
    go: str = ""


class SyncHubRemedyTable(models.AbstractModel):
    _name = "sync.hub.remedy.table"
    _description = "Sync remedies"

    def _remedies(self):
        """{error code, or (error code, what its value is of): `Remedy`}; "" and the class words are the defaults."""
        record, connector = (_("Open the record"), "_go_record"), (_("Open the connector"), "_go_connector")
        shown, maps = (_("Open the operation"), "_go_operation"), (_("Open the value maps"), "_go_maps")
        products, edit = (_("Find it among the shop's products"), "_go_shop_product"), (_("Edit and retry"), "_go_edit")
        again = _("Then retry.")
        wait = _("Retry when it has come; the rows that wait try again by themselves.")
        # Texts stand in calls of their own: inside of an f-string the export does not find them.
        retry, later = (lambda text: f"{text} {again}"), (lambda text: f"{text} {wait}")
        return {
            # ---------------------------------------------------- values that nobody has mapped
            "mapping": Remedy(
                _("%(kind)s '%(value)s' of %(shop)s means nothing in Odoo yet."),
                _("Choose what it is in Odoo. All rows that wait for it can be retried from there."),
                _("Choose what it is"),
                "_go_map",
            ),
            ("mapping", "pricelist"): Remedy(
                _("There is no pricelist in the currency %(value)s."),
                retry(_("Create one in Sales > Products > Pricelists.")),
                *connector,
            ),
            ("mapping", "code"): Remedy(
                _("The coupon code '%(value)s' belongs to another program already."),
                retry(_("Change or archive one of the two in Sales > Products > Discount & Loyalty.")),
                *shown,
            ),
            "mapping_out": Remedy(
                _("%(shop)s has no value for a country or state of this address."),
                retry(_("Choose its country or state in the value maps.")),
                *maps,
            ),
            "no_location": Remedy(
                _("No stock location of %(shop)s has a warehouse in Odoo."),
                retry(_("Choose one in the value maps, kind Stock location.")),
                *maps,
            ),
            # ---------------------------------------------------- products
            "product_unknown": Remedy(
                _("%(shop)s sold '%(value)s', and no product of Odoo is linked with it or bears its reference."),
                retry(_("Link the product, or give one of Odoo this reference or barcode.")),
                *products,
            ),
            "product_ambiguous": Remedy(
                _("'%(value)s' fits more than one product."),
                retry(_("Make the reference or barcode unique, or link the product that is meant.")),
                *products,
            ),
            "line_unknown": Remedy(
                _("'%(value)s' is on the order and not linked with a product of %(shop)s, or its quantity is no pack."),
                retry(_("Link it, or change the quantity.")),
                *products,
            ),
            "no_sku": Remedy(
                _("The product has no Internal Reference, and %(shop)s knows products by it."),
                _("Enter an Internal Reference: the product is told again by itself."),
                *record,
            ),
            "sku_twice": Remedy(
                _("The Internal Reference '%(value)s' belongs to more than one product."),
                _("Give each product a reference of its own: they are told again by themselves."),
                *record,
            ),
            "variants_incomplete": Remedy(
                _("%(shop)s wants every combination of the product's attributes."),
                retry(_("Add the missing variants with an Internal Reference.")),
                *record,
            ),
            "variant_not_found": Remedy(
                _("%(shop)s has the product, but not all of its variants."),
                retry(_("Ask the retailer to add them.")),
                *record,
            ),
            "options": Remedy(
                _("The product has an option '%(value)s' in %(shop)s that it does not have in Odoo."),
                retry(_("Take the option away in the shop, or add the attribute to the product.")),
                *record,
            ),
            "gone": Remedy(
                _("%(shop)s does not have this record any more."),
                _("Push the record again to make it anew, or skip the operation."),
                *record,
            ),
            "not_counted": Remedy(
                _("%(shop)s does not count the stock of this product."),
                retry(_("Let the shop manage its inventory with one inventory item.")),
                *record,
            ),
            # ---------------------------------------------------- prices
            "price_guard": Remedy(
                _("Prices change by more than %(shop)s may send by itself."),
                _("Look at them: a manager approves those that are right; correct the others in Odoo."),
                _("See what waits for approval"),
                "_go_approval",
            ),
            "price_not_positive": Remedy(
                _("The price is not above zero, and %(shop)s takes no such price."),
                _("Enter a price: it is sent by itself."),
                *record,
            ),
            "account_needed": Remedy(
                _("%(shop)s sends orders of several accounts: the product would be changed in all of them."),
                retry(_("Enter the Account of the connector, or of the binding.")),
                *connector,
            ),
            # ---------------------------------------------------- orders, people, coupons
            "order_missing": Remedy(
                _("This message speaks of an order that has not arrived from %(shop)s."),
                later(_("Let the shop send the order, or read its orders from the connector.")),
                *connector,
            ),
            "order_unconfirmed": Remedy(
                _("This message needs an order that is not confirmed yet."),
                retry(_("Confirm the order.")),
                *shown,
            ),
            "lines_failed": Remedy(
                _("%(shop)s has not accepted the changed lines of this order: its state waits for them."),
                _("Correct the lines, or retry their operation: the state follows by itself."),
                *record,
            ),
            "code_needed": Remedy(
                _("The delivery code of the buyer is needed to tell %(shop)s that the order was delivered."),
                _("Open the order and press 'Deliver with code'."),
                *record,
            ),
            "no_money": Remedy(
                _("%(shop)s has no more money of this order that could be moved."),
                _("Settle the rest in the shop, then skip the operation."),
                *record,
            ),
            "address": Remedy(
                _("The address of the order lacks something that %(shop)s needs."),
                retry(_("Open the contact and fill it in.")),
                *record,
            ),
            "taken": Remedy(
                _("%(shop)s has this record already, as another one of Odoo."),
                retry(_("Merge the two in Odoo, or correct one of them.")),
                *record,
            ),
            "not_acceptable": Remedy(
                _("%(shop)s does not take this record as it is."),
                retry(_("Correct what the error names.")),
                *record,
            ),
            "not_ours": Remedy(
                _("%(shop)s speaks of an order that Odoo has not placed."),
                _("Skip it if that is right, or ask the vendor."),
                *shown,
            ),
            # ---------------------------------------------------- the connection
            "credentials": Remedy(
                _("%(shop)s refuses our credentials."),
                _("Enter the right ones, press Test connection, then resume the connector."),
                *connector,
            ),
            "shop_terms": Remedy(
                _("%(shop)s has nothing of the name '%(value)s', which the connector tells it."),
                retry(_("Correct the name on the page Goes out of the connector.")),
                *connector,
            ),
            "reverse_disabled": Remedy(
                _("%(shop)s takes nothing from Odoo: its module says that this is switched off."),
                retry(_("Switch it on in the settings of the shop’s module.")),
                *connector,
            ),
            "outcome_unknown": Remedy(
                _("The call got lost on its way: nobody knows whether %(shop)s has made the record."),
                _("Press Look it up; or look into the shop, and press Create again if it is not there."),
                *shown,
            ),
            "rejected": Remedy(
                _("%(shop)s has understood and refused it: the same request would be refused again."),
                retry(_("Read its answer, correct the record in Odoo or the data in the shop.")),
                *shown,
            ),
            # ---------------------------------------------------- by the class of the error
            "payload": Remedy(
                _("%(shop)s has sent something that its own description does not allow."),
                _("Correct the message by Edit and retry, or have the shop send it again."),
                *edit,
            ),
            "odoo": Remedy(
                _("Odoo itself does not accept this, as if somebody had typed it."),
                retry(_("Mend what the error names: a right, a setting or the data.")),
                *shown,
            ),
            "transient": Remedy(
                _("%(shop)s gave no usable answer at any of the tries."),
                retry(_("See whether the shop is up, and whether the address is right.")),
                *connector,
            ),
            "vendor": Remedy(
                _("A request of a vendor was refused, and he was told why."),
                _("He corrects it and sends it again; nothing waits here."),
                *shown,
            ),
            "bug": Remedy(
                _("Something unforeseen happened: this is a fault of the program."),
                _("Retry once. If it fails again, report it with its traceback, and skip what is not needed."),
                *shown,
            ),
            "": Remedy(_("The operation could not be done: the error says why."), again, *shown),
        }

    #: Codes of errors that time heals; `http_...` are others of them.
    _TIMELY = (
        *("no_connection", "no_answer", "malformed", "server_error", "budget", "not_tried", "being_made", "reading"),
        *("looking_up", "editing", "behind_lines"),
    )

    def _remedy_of(self, row, table=None):
        """The `Remedy` of a failed row of the log or a group of them."""
        table, code = table or self._remedies(), row.error_code or ""
        if not row.connector_id:
            return table["vendor"]
        if code.startswith("http_") or code in self._TIMELY:
            return table["transient"]
        found = table.get((code, row.error_field)) or table.get(code)
        if code == "mapping" and found is table["mapping"] and row.error_field not in KINDS:
            found = None
        return found or (table["bug"] if row._newest().traceback else table[""])
