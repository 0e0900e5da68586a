"""Databases with their files: templates that hold what is slow to install, and quick copies of them."""

import json
import os
import re
import shutil
from contextlib import closing, contextmanager

import psutil
import psycopg2
from psycopg2 import sql

from . import odoo, packages, postgres
from .paths import CLONE, FILESTORE, RUN, addon_digest, digest, lock, manifest
from .say import say

# Part of every template's name; raise it when templates must be made anew.
GENERATION = 1
TEMPORARY = re.compile(r"sync_hub_(test|e2e|simulators|bench)\w*_(?P<pid>\d+)")


def connect(name="postgres"):
    """A connection in autocommit."""
    link = psycopg2.connect(dbname=name, **postgres.connection())
    link.autocommit = True
    return link


def query(name, text, parameters=None):
    """Run one statement in a database; its rows, if it has any."""
    with closing(connect(name)) as link, link.cursor() as cursor:
        cursor.execute(text, parameters)
        return cursor.fetchall() if cursor.description else []


def administer(text, *names):
    """Run one statement about databases."""
    query("postgres", sql.SQL(text).format(*map(sql.Identifier, names)))


def exists(name):
    """Whether a database is there."""
    return bool(query("postgres", "SELECT 1 FROM pg_database WHERE datname = %s", [name]))


def busy():
    """Whether anybody but us is connected."""
    text = "SELECT 1 FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    return bool(query("postgres", text))


def drop(name):
    """Drop a database, whoever uses it, and its files."""
    administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    shutil.rmtree(FILESTORE / name, ignore_errors=True)
    (RUN / f"{name}.conf").unlink(missing_ok=True)


def copy(source, name):
    """A fresh copy of a database and its files; an older one of that name goes."""
    drop(name)
    # One copy at a time: PostgreSQL wants the source without other connections.
    with lock(f"{source}.copy"):
        administer("CREATE DATABASE {} TEMPLATE {}", name, source)
    # Odoo names files by their content and never changes one, so links do.
    if (FILESTORE / source).is_dir():
        shutil.copytree(FILESTORE / source, FILESTORE / name, copy_function=os.link)


@contextmanager
def building(name):
    """Another name for a database in the making; it gets its own when it is finished."""
    part = f"{name}_part"
    drop(part)
    try:
        yield part
        copy(part, name)
    finally:
        drop(part)


def note(name, **facts):
    """Keep facts about a database with it."""
    query("postgres", sql.SQL("COMMENT ON DATABASE {} IS %s").format(sql.Identifier(name)), [json.dumps(facts)])


def notes():
    """The facts about every database."""
    rows = query("postgres", "SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database")
    return {name: json.loads(text) if text and text[0] == "{" else {} for name, text in rows}


def dependencies(tree):
    """A template with the addon's dependencies and demo data, without the addon; its name."""
    depends = manifest()["depends"]
    name = f"tpl_{digest(GENERATION, tree.series, packages.queue_job_version(tree.series), depends, tree.home)}"
    with lock(name):
        if not exists(name):
            say(f"Template database: installing {', '.join(depends)} with demo data, a minute")
            with building(name) as part:
                administer("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", part)
                odoo.install(tree, part, depends)
    return name


def state(tree):
    """What a database with the addon was made or updated for."""
    return {"clone": str(CLONE), "series": tree.series, "addon": addon_digest()}


def installed(tree):
    """A template that holds the addon as its files are now, with demo data; its name."""
    base, wanted = dependencies(tree), state(tree)
    name = f"hub_{digest(base, *wanted.values())}"
    with lock(name):
        if not exists(name):
            say("Template database: installing sync_hub with demo data")
            with building(name) as part:
                copy(base, part)
                odoo.install(tree, part, ["sync_hub"])
            forget_older(name, wanted)
            note(name, kind="template", **wanted)
    return name


def forget_older(name, wanted):
    """Drop the templates of earlier states of this clone, and those of clones that are gone."""
    for other, facts in notes().items():
        if facts.get("kind") == "template" and other != name:
            earlier = (facts["clone"], facts["series"]) == (wanted["clone"], wanted["series"])
            if earlier or not os.path.isdir(facts["clone"]):
                drop(other)


def sweep():
    """Drop what test runs that were killed have left: everything of theirs ends in their pid."""
    for name in notes():
        owner = TEMPORARY.fullmatch(name)
        if owner and not psutil.pid_exists(int(owner["pid"])):
            drop(name)
    for path in RUN.glob("*.*"):
        owner = TEMPORARY.fullmatch(path.stem)
        if owner and not psutil.pid_exists(int(owner["pid"])):
            path.unlink()
