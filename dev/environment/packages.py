"""The virtual environment: Odoo's pins as wheels, queue_job and the development tools."""

import shutil
import sys
from pathlib import Path

from .paths import digest, lock, python, venv
from .say import Trouble, run_first, say

HERE = Path(__file__).resolve().parent
FILES = ("requirements-{series}.txt", "requirements-dev.txt")
# The newest Python that has wheels for a series' pins; the oldest is 3.10.
NEWEST = {"17.0": (3, 12), "19.0": (3, 13)}
TODO = "check that a package index can be reached (pip config list), then run the command again"


def requirements(series):
    """The requirement files of a series."""
    return [HERE / name.format(series=series) for name in FILES]


def queue_job(series):
    """The requirement of OCA's queue_job; it demands a distribution `odoo` that no index has."""
    return f"odoo-addon-queue-job=={series}.*"


def queue_job_version(series):
    """The version that is installed, from the name of its dist-info folder."""
    (info,) = venv(series).glob("lib/python*/site-packages/odoo_addon_queue_job-*.dist-info")
    return info.name.split("-")[1].removesuffix(".dist")


def site_addons(series):
    """The addons folder within site-packages, where queue_job lands."""
    (folder,) = venv(series).glob("lib/python*/site-packages/odoo/addons")
    return folder


def with_uv(*arguments):
    """A command of uv as a list of one, or of none where there is no uv."""
    return [["uv", *arguments, "--quiet"]] if shutil.which("uv") else []


def install(series, *arguments):
    """Install packages, with uv where there is one; pip knows indexes that uv was not told of."""
    pip = [python(series), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments]
    uv = with_uv("pip", "install", "--python", python(series), *arguments)
    run_first([*uv, pip], f"installing {arguments[-1]}", TODO)


def interpreter(series):
    """A Python that the series' pins have wheels for: this one, else another on the path."""
    newest = NEWEST[series]
    if (3, 10) <= sys.version_info[:2] <= newest:
        return sys.executable
    names = [f"python3.{minor}" for minor in range(newest[1], 9, -1)]
    found = next(filter(None, map(shutil.which, names)), None)
    if not found:
        todo = f"install one of {', '.join(names)}"
        raise Trouble(f"Python {sys.version.split()[0]} does not serve Odoo {series}", todo)
    return found


def create(series):
    """Make an empty environment; the old one may be a link to a Python that is gone."""
    folder = venv(series)
    shutil.rmtree(folder, ignore_errors=True)
    base = interpreter(series)
    run_first(
        [[base, "-m", "venv", folder], *with_uv("venv", "--seed", "--python", base, folder)],
        "making the virtual environment",
        "install Python's venv module (Debian: apt-get install python3-venv), or uv",
    )


def fill(series):
    """Install what is missing; what runs from the environment meanwhile goes on."""
    files = [part for path in requirements(series) for part in ("-r", path)]
    install(series, *files)
    install(series, "--no-deps", queue_job(series))


def ensure(series):
    """Make the environment unless it already holds what is asked for."""
    wanted = digest(queue_job(series), *(path.read_text() for path in requirements(series)))
    stamp = venv(series) / "requirements.stamp"
    with lock(f"venv-{series}"):
        present = python(series).exists() and stamp.exists() and stamp.read_text()
        if present != wanted:
            say(f"Python packages: installing into {venv(series)}, a minute or two")
            if not python(series).exists():
                create(series)
            fill(series)
            stamp.write_text(wanted)
        say(f"Python packages: ready, queue_job {queue_job_version(series)}")
