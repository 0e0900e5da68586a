"""What differs between Odoo 17.0 and 19.0, in one place; the source is written for 17.0."""

from datetime import timedelta

from odoo import fields
from odoo.release import version_info

SERIES = version_info[0]

#: Fields of sale.order.line.
LINE_TAXES = "tax_ids" if SERIES >= 19 else "tax_id"
LINE_UOM = "product_uom_id" if SERIES >= 19 else "product_uom"
#: Where the web client shows a record, for its model and id.
RECORD_URL = "/odoo/{model}/{id}" if SERIES >= 18 else "/web#model={model}&id={id}&view_type=form"
#: The free text of a payment.
PAYMENT_MEMO = "memo" if SERIES >= 18 else "ref"
#: Groups of a user.
USER_GROUPS = "group_ids" if SERIES >= 19 else "groups_id"
#: Context key that narrows product quantities to one warehouse.
WAREHOUSE_KEY = "warehouse_id" if SERIES >= 18 else "warehouse"


#: What a product is packed in: a model of its own in 17.0, a unit of measure in 19.0.
PACKAGING = "uom.uom" if SERIES >= 18 else "product.packaging"


def packaged_quantity(packaging, product):
    """How many of the product's unit a packaging holds."""
    return packaging._compute_quantity(1.0, product.uom_id, round=False) if SERIES >= 18 else packaging.qty


def same_measure(first, second):
    """Whether one unit can be converted into the other."""
    if SERIES >= 18:
        return first._has_common_reference(second)
    return first.category_id == second.category_id


def pack_uom(unit, factor, name):
    """The unit that holds `factor` of another one, made when there is none."""
    if SERIES >= 18:
        fits = [uom for uom in unit.search([]) if same_measure(uom, unit)]
        values = {"relative_uom_id": unit.id, "relative_factor": factor}
    else:
        fits = unit.search([("category_id", "=", unit.category_id.id)])
        ratio = factor * unit.factor_inv
        values = {"category_id": unit.category_id.id, "rounding": unit.rounding}
        values.update(
            {"uom_type": "bigger", "factor_inv": ratio} if ratio > 1 else {"uom_type": "smaller", "factor": 1 / ratio}
        )
    for uom in fits:
        if abs(uom._compute_quantity(1.0, unit, round=False) - factor) < 1e-9:
            return uom
    return unit.create({"name": name, **values})


def storable(values):
    """Values that make a product one whose stock is counted."""
    kind = {"type": "consu", "is_storable": True} if SERIES >= 18 else {"detailed_type": "product"}
    return {**values, **kind}


def included_tax(included):
    """Values that make a tax part of the price, or not."""
    if SERIES >= 18:
        return {"price_include_override": "tax_included" if included else "tax_excluded"}
    return {"price_include": included}


def is_kit(product):
    """Whether a product is made of others when it is sold; only where `mrp` is installed."""
    return "is_kits" in product._fields and product.is_kits


def is_storable(product):
    """Whether Odoo counts the stock of this product."""
    if is_kit(product):
        # A kit has the stock of its components, whatever its own type.
        return True
    return product.is_storable if SERIES >= 18 else product.type == "product"


def new_api_key(user, name):
    """(a new API key of the user, the day on which it expires or None)."""
    keys = user.env["res.users.apikeys"].with_user(user).sudo()
    if SERIES < 18:
        return keys._generate(None, name), None
    # 19.0 has no key for ever; the longest that an internal user may have.
    until = fields.Datetime.now() + timedelta(days=90)
    return keys._generate(None, name, until), until.date()


def set_group_category(env):
    """Show our groups as one choice in the user form: 17.0 asks a category, 19.0 a privilege."""
    category = env.ref("sync_hub.module_category")
    groups = env.ref("sync_hub.group_user") | env.ref("sync_hub.group_manager")
    if "category_id" in groups._fields:
        groups.category_id = category
    else:
        groups.privilege_id = env["res.groups.privilege"].create({"name": "Sync Hub", "category_id": category.id})


def set_endless(crons):
    """Let scheduled actions run for ever: 17.0 runs them once unless told otherwise, 19.0 knows nothing else."""
    if "numbercall" in crons._fields:
        crons.numbercall = -1
