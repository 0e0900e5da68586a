"""Template databases: one per version, migrated and with the shop of seed.py in it."""

import os
import time

from .. import database
from ..paths import CLONE, digest, lock
from ..say import Trouble, say
from . import install, seed
from .backend import PROJECT, Backend

# Part of every template's name; raise it when templates must be made anew.
GENERATION = 2
KIND = "medusa"
# 2.10.3 has a migration that asks for pgcrypto, for one default value of one table. The embedded PostgreSQL comes
# without it, so that one function is made here; with the row the extension counts as installed already.
PGCRYPTO = """
CREATE FUNCTION gen_random_bytes(size integer) RETURNS bytea LANGUAGE sql VOLATILE
    AS $$ SELECT substring(uuid_send(gen_random_uuid()) FOR size) $$;
INSERT INTO pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
    SELECT pg_nextoid('pg_extension', 'oid', 'pg_extension_oid_index'), 'pgcrypto', oid, 'public'::regnamespace,
           true, '1.3' FROM pg_roles WHERE rolname = current_user
"""


def template_name(version):
    """The name of a version's template; another one when what it is made of changes."""
    sources = [*install.locked(version), *sorted(PROJECT.iterdir()), install.HERE / "seed.py"]
    return f"medusa_{digest(GENERATION, version, *(path.read_text() for path in sources))}"


def migrate(backend):
    """Run Medusa's migrations; a Trouble if any of them fails, which the older version takes for a success."""
    if not database.query(backend.name, "SELECT 1 FROM pg_available_extensions WHERE name = 'pgcrypto'"):
        database.query(backend.name, PGCRYPTO)
    _, error, trace = backend.once("db:migrate").partition("MigrationError")
    if error:
        raise Trouble(f"Medusa {backend.version} can't migrate{trace[:1000]}", "see whether PostgreSQL lacks something")


def make(backend):
    """Migrate a backend's empty database and plant the shop; keys and ids."""
    backend.lay()
    try:
        migrate(backend)
        backend.once("user", "-e", seed.ADMIN, "-p", seed.PASSWORD)
        return seed.plant(backend.start().url)
    finally:
        backend.clear()


def forget_older(name, version):
    """Drop the templates that a version had before, and those of clones that are gone."""
    for other, facts in database.notes().items():
        if facts.get("kind") == KIND and other != name:
            earlier = (facts["clone"], facts["version"]) == (str(CLONE), version)
            if earlier or not os.path.isdir(facts["clone"]):
                database.drop(other)


def ensure(version):
    """Have the version installed and its template made; the template's name."""
    install.ensure(version)
    name = template_name(version)
    with lock(name):
        if not database.notes().get(name):
            say(f"Medusa {version}: making the template database")
            begun = time.monotonic()
            with database.building(name) as part:
                database.administer("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", part)
                shop = make(Backend(version, part))
            forget_older(name, version)
            database.note(name, kind=KIND, clone=str(CLONE), version=version, shop=shop)
            say(f"Medusa {version}: template made in {time.monotonic() - begun:.0f} s")
    return name


def shop(name):
    """What the seed has left in a template: keys and ids, see seed.plant()."""
    return database.notes()[name]["shop"]
