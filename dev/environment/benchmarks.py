"""The benchmarks of dev/bench."""

import subprocess

from . import database, postgres
from .paths import DEV, RUN, python


def run(tree, arguments):
    """Run the benchmarks that are named, or all; the exit status."""
    postgres.ensure(tree.series)
    RUN.mkdir(parents=True, exist_ok=True)
    database.sweep()
    database.installed(tree)
    return subprocess.run([str(python(tree.series)), "-m", "bench", *arguments], cwd=DEV).returncode
