"""Which fields are asked for. What a payment provider has written down (`data`) never is.

An order's list of 2.10.3 knows no `*` for its addresses: there the fields have to be named.
"""


def under(relation, fields):
    return ",".join(f"{relation}.{field}" for field in fields.split(","))


ADDRESS = "company,first_name,last_name,address_1,address_2,city,country_code,province,postal_code,phone"
PERSON = "id,email,first_name,last_name,company_name,phone,has_account"
CUSTOMER = f"{PERSON},created_by,created_at,updated_at"
MONEY = "id,amount,created_at"
#: A payment leads to its order.
PAYMENT = "id,created_at,payment_collection.updated_at,payment_collection.order.id"
ORDER = ",".join(
    (
        "id,display_id,custom_display_id,status,email,currency_code,customer_id,created_at,updated_at,metadata",
        "total,tax_total,credit_line_total,fulfillment_status",
        "*items,*items.tax_lines,*items.adjustments,*items.detail",
        "*shipping_methods,*shipping_methods.tax_lines,*shipping_methods.adjustments,*credit_lines",
        under("shipping_address", ADDRESS),
        under("billing_address", ADDRESS),
        under("customer", PERSON),
        under("payment_collections.payments", "id,amount,currency_code,provider_id,captured_at"),
        under("payment_collections.payments.captures", MONEY),
        under("payment_collections.payments.refunds", MONEY),
        "fulfillments.id,fulfillments.canceled_at,fulfillments.labels.tracking_number",
    )
)
