"""`make bench`: run the benchmarks, print their figures and keep them in RESULTS.md; names alone run those."""

import os
import sys
import time
from importlib import import_module
from inspect import cleandoc

from bench import report, stage
from environment import postgres, tree

BENCHMARKS = ("acknowledgement", "importing", "write", "prices", "latency", "jobs", "dashboard", "retention", "growth")


def main(names):
    """Each benchmark gets a fresh database behind a live server; 1 where a budget is broken."""
    found = tree.current()
    postgres.ensure(found.series)
    broken = []
    for name in names or os.environ.get("ONLY", "").split() or BENCHMARKS:
        module, begun = import_module(f"bench.{name}"), time.monotonic()
        odoo = stage.started(found, name)
        try:
            figures = module.run(odoo)
            text = report.section(name, cleandoc(module.__doc__), report.machine(odoo), figures)
        finally:
            odoo.destroy()
        print(f"\n{text}\n{name}: {time.monotonic() - begun:.0f} s", flush=True)
        report.keep(name, text, BENCHMARKS)
        broken += [f"{name}: {figure.what}" for figure in figures if figure.held is False]
    print("\n".join(["", "Every budget is held." if not broken else "Broken budgets:", *broken]))
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
