"""The linters: ruff, pylint-odoo, and whether the XML files can be read."""

import subprocess

from lxml import etree

from . import odoo
from .paths import CLONE, addon_files, venv
from .say import say

# Only what pylint-odoo brings, ruff does the rest; and of that, what is not the OCA's house style.
MESSAGES = [
    "--disable=all",
    "--enable=odoolint",
    "--disable=manifest-required-author",  # wants the OCA
    "--disable=missing-readme",  # wants README.rst, ours is README.md
    "--disable=manifest-superfluous-key",  # a value may be said although it is the default
]


def commands(tree):
    """The linters that are programs; pylint-odoo must see the addon under its own name."""
    tools = venv(tree.series) / "bin"
    addon = odoo.addon_folder("17.0") / "sync_hub"
    config = f"--rcfile={CLONE / 'pyproject.toml'}"
    return {
        "ruff check": [tools / "ruff", "check", "--quiet", "--output-format=concise", CLONE],
        "ruff format": [tools / "ruff", "format", "--quiet", "--check", "--output-format=concise", CLONE],
        "pylint-odoo": [tools / "pylint", config, *MESSAGES, addon],
    }


def broken_xml():
    """What is wrong with the XML files."""
    for path in addon_files():
        if path.suffix == ".xml":
            try:
                etree.parse(path)
            except etree.XMLSyntaxError as error:
                yield f"{path.relative_to(CLONE)}: {error}"


def run(tree, arguments):
    """Run them all; the exit status."""
    bad = []
    for name, command in commands(tree).items():
        say(f"lint: {name}")
        if subprocess.run([str(part) for part in command], cwd=CLONE).returncode:
            bad.append(name)
    say("lint: XML")
    for complaint in broken_xml():
        print(complaint)
        bad.append("XML")
    print(f"lint: {'not clean: ' + ', '.join(bad) if bad else 'clean'}")
    return int(bool(bad))


def tidy(tree, arguments):
    """Let ruff sort imports and lay out the code."""
    ruff = str(venv(tree.series) / "bin" / "ruff")
    subprocess.run([ruff, "check", "--quiet", "--fix", str(CLONE)])
    return subprocess.run([ruff, "format", str(CLONE)]).returncode
