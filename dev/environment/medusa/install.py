"""Medusa's packages, installed by npm into the cache: one folder per version, locked to the last byte.

The lock of a version is made anew in its folder here, without the address of the registry it came from:
`npm install --package-lock-only --ignore-scripts --omit-lockfile-registry-resolved`.
"""

import re
import shutil
import subprocess
import time
from pathlib import Path

from ..paths import CACHE, digest, lock
from ..say import Trouble, run, say

HERE = Path(__file__).resolve().parent
LATEST = "2.21.2"  # what we push to and take webhooks from
RECIPE = "2.10.3"  # the last one that Medusa's own recipe for Odoo runs on unchanged
VERSIONS = (LATEST, RECIPE)
LOCKED = ("package.json", "package-lock.json")
# What the packages of both locks ask for.
OLDEST_NODE = (20, 19)
NEEDED = "install Node.js {}.{} or newer, with npm, and put both on the PATH".format(*OLDEST_NODE)
# No install script is needed (they fetch what the packages bring anyway), and nothing but packages is asked for.
NPM = "npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error"


def folder(version):
    """Where a version is kept."""
    return CACHE / f"medusa-{version}"


def locked(version):
    """The files that say what a version consists of."""
    return [HERE / version / name for name in LOCKED]


def node():
    """The path of a Node.js that is new enough; a Trouble if there is none, or no npm beside it."""
    found = {name: shutil.which(name) for name in ("node", "npm")}
    missing = [name for name, path in found.items() if not path]
    if missing:
        raise Trouble(f"Medusa needs Node.js, and {' and '.join(missing)} can't be found", NEEDED)
    text = subprocess.run([found["node"], "--version"], capture_output=True, text=True).stdout.strip()
    numbers = re.match(r"v(\d+)\.(\d+)", text)
    if not numbers or tuple(map(int, numbers.groups())) < OLDEST_NODE:
        raise Trouble(f"Node.js {text or 'that tells no version'} is too old for Medusa", NEEDED)
    return found["node"]


def fill(version):
    """Install a version beside its place and move it there when it is whole."""
    part = folder(version).with_name(f"medusa-{version}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    for path in locked(version):
        shutil.copy(path, part)
    run(NPM.split(), f"npm ci of Medusa {version}", "check that npm reaches its registry, then try again", cwd=part)
    shutil.rmtree(folder(version), ignore_errors=True)
    part.rename(folder(version))


def wanted(version):
    """What the stamp of a version says that is as its lock wants it."""
    return digest(*(path.read_text() for path in locked(version)))


def stamp(version):
    return folder(version) / "installed.stamp"


def is_here(version):
    """Whether the cache has a version as the lock wants it."""
    return stamp(version).exists() and stamp(version).read_text() == wanted(version)


def ensure(version):
    """Install a version unless the cache has it as the lock wants it; its folder."""
    node()
    with lock(f"medusa-{version}"):
        if not is_here(version):
            say(f"Medusa {version}: installing from npm, some 700 MB, a minute or two")
            begun = time.monotonic()
            fill(version)
            stamp(version).write_text(wanted(version))
            say(f"Medusa {version}: installed in {time.monotonic() - begun:.0f} s")
    return folder(version)
