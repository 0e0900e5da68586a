"""Find Odoo: ODOO_HOME, the cache, a shallow clone, or Debian's package."""

import os
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from . import debian
from .paths import CACHE, lock
from .say import Trouble, run, say

SERIES = ("17.0", "19.0")
REPOSITORY = "https://github.com/odoo/odoo.git"


@dataclass(frozen=True)
class Tree:
    """One Odoo on disk, a source tree or an unpacked Debian package."""

    series: str
    home: Path
    launcher: Path
    package: Path

    @property
    def addons(self):
        """Its addons folders; some source trees have only the inner one."""
        outer = self.package.parent / "addons"
        return [folder for folder in (outer, self.package / "addons") if folder.is_dir()]


LAYOUTS = (("odoo-bin", "odoo"), ("usr/bin/odoo", "usr/lib/python3/dist-packages/odoo"))


def look(home):
    """The Tree in a folder, or None."""
    for launcher, package in LAYOUTS:
        release = home / package / "release.py"
        if (home / launcher).exists() and release.exists():
            version = re.search(r"^version_info = \((\d+), (\d+)", release.read_text(), re.M)
            return Tree(".".join(version.groups()), home, home / launcher, home / package)
    return None


def current():
    """The Tree that the command which started us has found, else a new search."""
    home = os.environ.get("HUB_TREE")
    return look(Path(home)) if home else resolve()


def cached(series):
    """Where a fetched Odoo is kept."""
    return CACHE / f"odoo-{series}"


def from_home(series):
    """The tree that ODOO_HOME names."""
    home = os.environ.get("ODOO_HOME")
    if not home:
        return None
    tree = look(Path(home).expanduser().resolve())
    if not tree:
        raise Trouble(f"ODOO_HOME={home} holds no Odoo", "point it at a folder with odoo-bin, or unset it")
    return tree if tree.series == series else None


def from_cache(series):
    """What an earlier run fetched."""
    return look(cached(series))


def from_github(series):
    """A shallow clone; gives up within seconds where GitHub can't be reached."""
    refused = CACHE / "github-refused"
    # Whoever asks for the series by name gets a new attempt.
    lately = refused.exists() and time.time() - refused.stat().st_mtime < 3600 and "HUB_SERIES" not in os.environ
    if lately or not shutil.which("git"):
        return None
    quiet = {**os.environ, "GIT_TERMINAL_PROMPT": "0"}
    # Git's own remedy for a connection that hangs: under 1 kB/s for 20 s ends it.
    quiet |= {"GIT_HTTP_LOW_SPEED_LIMIT": "1000", "GIT_HTTP_LOW_SPEED_TIME": "20"}
    branch = f"refs/heads/{series}"
    try:
        probe = ["git", "ls-remote", "--exit-code", REPOSITORY, branch]
        subprocess.run(probe, env=quiet, timeout=20, check=True, capture_output=True)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        say(f"Odoo {series}: GitHub can't be reached")
        refused.touch()
        return None
    say(f"Odoo {series}: cloning from GitHub, some 250 MB")
    part = CACHE / f"odoo-{series}.part"
    shutil.rmtree(part, ignore_errors=True)
    clone = ["git", "clone", "--quiet", "--depth", "1", "--single-branch", "--branch", series, REPOSITORY, part]
    run(clone, "git clone of Odoo", "try again, or set ODOO_HOME to a source tree that you have", env=quiet)
    part.rename(cached(series))
    return look(cached(series))


def from_debian(series):
    """Debian's own package, unpacked without root."""
    if not debian.available():
        return None
    say(f"Odoo {series}: fetching Debian's package, some 130 MB")
    return look(cached(series)) if debian.fetch(cached(series)) else None


HOME, KEPT = ("named by ODOO_HOME", from_home), ("found in the cache", from_cache)
GITHUB, DEBIAN = ("cloned from GitHub", from_github), ("unpacked from Debian's package", from_debian)
SOURCES = {"17.0": (HOME, KEPT, GITHUB), "19.0": (HOME, KEPT, DEBIAN, GITHUB)}


def find(series):
    """The Tree of one series, fetched if need be, or None."""
    with lock(f"odoo-{series}"):
        for origin, source in SOURCES[series]:
            tree = source(series)
            if tree:
                say(f"Odoo {series}: {origin}, {tree.home}")
                return tree
    return None


def resolve():
    """The Tree that HUB_SERIES asks for; without it 17.0, else 19.0."""
    asked = os.environ.get("HUB_SERIES")
    if asked and asked not in SERIES:
        raise Trouble(f"HUB_SERIES={asked} is not known", f"use one of {', '.join(SERIES)}")
    for series in [asked] if asked else SERIES:
        tree = find(series)
        if tree:
            return tree
    raise Trouble(
        f"no Odoo {asked or ' or '.join(SERIES)} to be had",
        "set ODOO_HOME to an Odoo source tree, or give this machine a way to GitHub",
    )
