{
    "name": "Sync Hub",
    "summary": "Odoo as the hub of a merchant's shops: orders in, prices and stock out, every operation in one log",
    "version": "17.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Sync Hub contributors",
    "license": "LGPL-3",
    "depends": ["queue_job", "sale_stock", "sale_loyalty", "stock_delivery"],
    "external_dependencies": {"python": ["requests", "pydantic"]},
    "data": [],
    "application": True,
    "installable": True,
}
