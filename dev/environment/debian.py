"""Debian's odoo-19 package, downloaded and unpacked without root."""

import shutil

from .paths import CACHE
from .say import Trouble, run, say

ODOO = ["odoo-19"]
# The package's web assets are relative links into these.
ASSETS = [
    "libjs-jquery",
    "libjs-underscore",
    "libjs-jquery-form",
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-ocr-b",
]
# From the machine's own suite: the file names of sid's Font Awesome are others than Odoo asks for.
STABLE_ASSETS = ["fonts-font-awesome", "fonts-inconsolata"]
# Blurs the background of video calls; Debian leaves it out, and then every page complains.
LEFT_OUT = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"
TODO = "see whether the machine's apt mirror carries Debian's suite sid; else set ODOO_HOME"


def available():
    """Whether this machine has Debian's tools."""
    return all(map(shutil.which, ("apt-get", "dpkg-deb")))


def mirrors():
    """The mirrors that the machine's apt already uses: (address, suite), security archives aside."""
    fields = "$(REPO_URI) $(RELEASE) $(CREATED_BY)"
    text = run(["apt-get", "indextargets", "--format", fields], "apt-get indextargets", TODO)
    words = [line.split() for line in text.splitlines()]
    found = {(line[0], line[1]): None for line in words if len(line) == 3 and line[2] == "Packages"}
    return [(address, suite) for address, suite in found if "security" not in address and "-" not in suite]


def apt(address, suite):
    """An apt-get that knows one suite of one mirror and keeps its state in the cache."""
    home = CACHE / "apt" / suite
    (home / "lists" / "partial").mkdir(parents=True, exist_ok=True)
    (home / "archives" / "partial").mkdir(parents=True, exist_ok=True)
    sources = home / "sources.list"
    sources.write_text(f"deb {address} {suite} main\n")
    settings = {
        "Dir::Etc::SourceList": sources,
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::State::Lists": home / "lists",
        "Dir::Cache": home,
        # As root apt would become _apt, which may not enter root's cache folder.
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
        "Acquire::Retries": "2",
        "Acquire::http::Timeout": "30",
    }
    return ["apt-get", "-q", *(word for name, value in settings.items() for word in ("-o", f"{name}={value}"))]


def unpack(address, suite, packages, target):
    """Download packages of a suite and unpack them into a folder."""
    command = apt(address, suite)
    archives = CACHE / "apt" / suite / "archives"
    run([*command, "update", "--error-on=any"], f"apt-get update of {suite}", TODO)
    run([*command, "download", *packages], f"downloading {packages[0]}", TODO, cwd=archives)
    for archive in archives.glob("*.deb"):
        run(["dpkg-deb", "-x", archive, target], f"unpacking {archive.name}", TODO)
        archive.unlink()


def complete(folder):
    """Put an empty file where the package's asset bundles name one that it has not got."""
    for mail in folder.glob("usr/lib/python3/dist-packages/**/addons/mail"):
        path = mail.parent / LEFT_OUT
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def fetch(target):
    """Unpack Odoo 19 with everything its pages need; false if no mirror has it."""
    part = target.with_name(f"{target.name}.part")
    for address, suite in mirrors():
        shutil.rmtree(part, ignore_errors=True)
        try:
            unpack(address, "sid", ODOO + ASSETS, part)
            unpack(address, suite, STABLE_ASSETS, part)
        except Trouble as trouble:
            say(str(trouble))
            continue
        complete(part)
        part.rename(target)
        return True
    return False
