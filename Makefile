# Every target does all of its own set-up: virtual environment, PostgreSQL, Odoo, database.
# TAGS, ONLY, EXIT, HUB_SERIES, HUB_PORT ... may stand before or after: `make test TAGS=/sync_hub:TestLog`.
export

.PHONY: demo up down test e2e e2e-medusa faults bench lint format

demo up down test e2e e2e-medusa faults bench lint format:
	@python3 dev/environment $@
