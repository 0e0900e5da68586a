"""What a benchmark found, as a table: printed, and kept in RESULTS.md, each benchmark in a section of its own."""

import os
import platform
import re
from pathlib import Path
from typing import NamedTuple

from environment import database

RESULTS = Path(__file__).parent / "RESULTS.md"
INTRODUCTION = """# Benchmarks

`make bench` runs them all and writes this file; `make bench ONLY=write` runs one and renews its section. What is
compared was measured in turns (A, B, A, B ...) in one run, and medians count: figures of different machines or runs do
not compare, ratios do. `HUB_BENCH_ROWS`, `HUB_BENCH_PRODUCTS` and `HUB_BENCH_ORDERS` change the sizes. A line without a
budget is for information.
"""
SECTION = re.compile(r"^## (\w+)\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
COLUMNS = ("what", "figure", "ratio", "budget", "held")


class Figure(NamedTuple):
    """One line of a table; `held` is None where there is no budget."""

    what: str
    figure: str
    ratio: str = ""
    budget: str = ""
    held: bool | None = None


def at_most(what, figure, value, limit, unit="x"):
    """A line whose ratio must not exceed its limit."""
    return Figure(what, figure, f"{value:.2f}{unit}", f"<= {limit}{unit}", value <= limit)


def machine(odoo):
    """What the figures were measured on."""
    cpu = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    postgresql = database.query("postgres", "SHOW server_version")[0][0].split()[0]
    parts = [
        f"{os.cpu_count()} cores ({cpu[1].strip() if cpu else platform.machine()})",
        f"{memory:.0f} GB of memory",
        f"Python {platform.python_version()}",
        f"PostgreSQL {postgresql}",
        f"Odoo {odoo.tree.series} with {odoo.workers} workers",
    ]
    return ", ".join(parts)


def table(figures):
    """The lines of a Markdown table."""
    held = {None: "", True: "yes", False: "**no**"}
    rows = [COLUMNS, ("---",) * len(COLUMNS), *((*figure[:4], held[figure.held]) for figure in figures)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def section(name, about, on, figures):
    """The section of one benchmark."""
    return f"## {name}\n\n{about}\n\nOn {on}.\n\n{table(figures)}\n"


def keep(name, text, order):
    """Put a section in its place in RESULTS.md; the others stay as they are."""
    old = RESULTS.read_text() if RESULTS.exists() else ""
    sections = {found[1]: found[0].rstrip() + "\n" for found in SECTION.finditer(old)}
    sections[name] = text
    known = [sections[each] for each in order if each in sections]
    RESULTS.write_text("\n".join([INTRODUCTION, *known]))
