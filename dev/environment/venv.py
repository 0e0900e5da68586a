"""The virtual environment: Odoo's pins as wheels, queue_job and the development tools."""

import json
import shutil
import sys
from pathlib import Path

from .paths import digest, lock, python, venv
from .say import run, say

HERE = Path(__file__).resolve().parent
FILES = ("requirements-{series}.txt", "requirements-dev.txt")
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


def installer(series):
    """The command that installs packages into the environment: uv where there is one, else pip."""
    if shutil.which("uv"):
        return ["uv", "pip", "install", "--python", python(series)]
    return [python(series), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]


def create(series):
    """Make an empty environment."""
    folder = venv(series)
    shutil.rmtree(folder, ignore_errors=True)
    with_uv = ["uv", "venv", "--quiet", "--python", sys.executable, folder]
    plain = [sys.executable, "-m", "venv", folder]
    run(
        with_uv if shutil.which("uv") else plain,
        "making the virtual environment",
        "install Python's venv module (Debian: apt-get install python3-venv), or uv",
    )


def fill(series):
    """Install what is missing; what runs from the environment meanwhile goes on."""
    files = [part for path in requirements(series) for part in ("-r", path)]
    run([*installer(series), *files], "installing Python packages", TODO)
    run([*installer(series), "--no-deps", queue_job(series)], "installing queue_job", TODO)


def ensure(series):
    """Make the environment unless it already holds what is asked for."""
    wanted = [sys.version, digest(queue_job(series), *(path.read_text() for path in requirements(series)))]
    stamp = venv(series) / "installed.json"
    with lock(f"venv-{series}"):
        present = json.loads(stamp.read_text()) if stamp.exists() else [None, None]
        if present != wanted:
            say(f"Python packages: installing into {venv(series)}, a minute or two")
            if present[0] != sys.version:
                create(series)
            fill(series)
            stamp.write_text(json.dumps(wanted))
        say(f"Python packages: ready, queue_job {queue_job_version(series)}")
