{
    "name": "Sync Hub benchmarks: Odoo alone",
    "summary": "For the benchmarks alone: what Odoo does without Sync Hub, timed where it runs",
    "version": "1.0.0",
    "author": "Sync Hub contributors",
    "license": "LGPL-3",
    "depends": ["sale_stock"],
    "data": [],
    "installable": True,
}
