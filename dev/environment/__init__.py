"""Everything Sync Hub needs on a fresh machine: Python packages, PostgreSQL, Odoo, databases, servers."""
