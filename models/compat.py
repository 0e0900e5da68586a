"""What differs between Odoo 17.0 and 19.0, in one place; the source is written for 17.0."""

from odoo.release import version_info

SERIES = version_info[0]

#: Fields of sale.order.line.
LINE_TAXES = "tax_ids" if SERIES >= 19 else "tax_id"
LINE_UOM = "product_uom_id" if SERIES >= 19 else "product_uom"
#: The free text of a payment.
PAYMENT_MEMO = "memo" if SERIES >= 18 else "ref"
#: Groups of a user.
USER_GROUPS = "group_ids" if SERIES >= 19 else "groups_id"
#: Context key that narrows product quantities to one warehouse.
WAREHOUSE_KEY = "warehouse_id" if SERIES >= 18 else "warehouse"


def storable(values):
    """Values that make a product one whose stock is counted."""
    kind = {"type": "consu", "is_storable": True} if SERIES >= 18 else {"detailed_type": "product"}
    return {**values, **kind}


def included_tax(included):
    """Values that make a tax part of the price, or not."""
    if SERIES >= 18:
        return {"price_include_override": "tax_included" if included else "tax_excluded"}
    return {"price_include": included}


def is_storable(product):
    """Whether Odoo counts the stock of this product."""
    if "is_kits" in product._fields and product.is_kits:
        # A kit has the stock of its components, whatever its own type.
        return True
    return product.is_storable if SERIES >= 18 else product.type == "product"


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
