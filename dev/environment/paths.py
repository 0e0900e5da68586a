"""Where things lie. Everything but the clone itself is in the cache folder."""

import ast
import fcntl
import hashlib
import os
from contextlib import contextmanager
from pathlib import Path

CLONE = Path(__file__).resolve().parents[2]
DEV = CLONE / "dev"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser().resolve() / "sync_hub"


def digest(*parts):
    """A short stable name for anything printable."""
    return hashlib.sha1("\0".join(map(str, parts)).encode()).hexdigest()[:10]


# Two clones on one machine share the costly things (Odoo, venv, templates) and nothing else.
CLONE_KEY = digest(CLONE)
RUN = CACHE / "run" / CLONE_KEY
# Odoo's data folder is shared: template databases have files in it.
DATA = CACHE / "data"
FILESTORE = DATA / "filestore"


def venv(series):
    """The virtual environment of one Odoo series."""
    return CACHE / f"venv-{series}"


def python(series):
    """The interpreter that runs Odoo."""
    return venv(series) / "bin" / "python"


def manifest():
    """The addon's manifest, read without importing the addon."""
    return ast.literal_eval((CLONE / "__manifest__.py").read_text())


# What the running addon is made of; documentation, tools and caches don't ask for an update.
NOT_THE_ADDON = {".git", ".ci", "dev", "docs", "__pycache__"}


def addon_files():
    """The files of the addon, without tools and caches."""
    for folder, folders, files in os.walk(CLONE):
        folders[:] = sorted(name for name in folders if name not in NOT_THE_ADDON and name[0] != ".")
        yield from (Path(folder) / name for name in sorted(files))


def addon_digest():
    """Changes when any file of the addon does."""
    return digest(*(f"{path.relative_to(CLONE)} {digest(path.read_bytes())}" for path in addon_files()))


@contextmanager
def lock(name):
    """One process at a time; another one waits."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / f".{name}.lock", "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
