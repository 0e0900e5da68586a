"""`make bench`: run the benchmarks and print their figures; a name alone runs that one."""

import sys
from importlib import import_module

from e2e.live import LiveOdoo
from environment import postgres, tree

BENCHMARKS = ("dashboard",)


def main(names):
    """Each benchmark gets a fresh database behind a live server; it returns False where a budget is broken."""
    found = tree.current()
    postgres.ensure(found.series)
    kept = True
    for name in names or BENCHMARKS:
        odoo = LiveOdoo(found, name=f"sync_hub_bench_{name}")
        try:
            print(f"\n{name}, Odoo {found.series}")
            kept &= import_module(f"bench.{name}").run(odoo.start())
        finally:
            odoo.destroy()
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
