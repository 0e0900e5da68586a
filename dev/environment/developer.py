"""Commands for developers who want to use the pieces by hand."""

import os
import shlex

from . import odoo, postgres
from .paths import python


def shell_env(tree, arguments):
    """Print the paths as export lines."""
    postgres.ensure(tree.series)
    link = postgres.connection()
    values = {
        "HUB_PYTHON": python(tree.series),
        "HUB_ODOO": tree.launcher,
        "HUB_ADDONS_PATH": odoo.addons_path(tree),
        "PYTHONPATH": tree.package.parent,
        **{f"PG{name.upper()}": value for name, value in link.items() if value},
    }
    for name, value in values.items():
        print(f"export {name}={shlex.quote(str(value))}")
    return 0


def run_odoo(tree, arguments):
    """Odoo in the foreground, against the demo database unless the arguments name another."""
    postgres.ensure(tree.series)
    own = [argument for argument in arguments if argument != "--"]
    config = odoo.configuration(tree, "sync_hub", odoo.free_port(), workers=0)
    # A subcommand such as `shell` must come before the options.
    subcommand = [own.pop(0)] if own and not own[0].startswith("-") else []
    line = odoo.command(tree, *subcommand, "-c", config, *own)
    os.execve(line[0], line, odoo.environment(tree))
