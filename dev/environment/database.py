"""Databases: templates that hold the dependencies, and quick copies of them."""

from contextlib import closing

import psycopg2
from psycopg2 import sql

from . import odoo, postgres, venv
from .paths import digest, lock, manifest
from .say import say

# Part of every template's name; raise it when templates must be made anew.
GENERATION = 1


def connect(name="postgres"):
    """A connection in autocommit."""
    link = psycopg2.connect(dbname=name, **postgres.connection())
    link.autocommit = True
    return link


def query(name, text, parameters=()):
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


def drop(name):
    """Drop a database, whoever uses it."""
    administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def template_name(tree):
    """The template's name tells what is in it."""
    parts = (GENERATION, tree.series, venv.queue_job_version(tree.series), manifest()["depends"], tree.home)
    return f"tpl_{digest(*parts)}"


def ensure_template(tree):
    """A database with the addon's dependencies and demo data, without the addon; its name."""
    name = template_name(tree)
    with lock(name):
        if not exists(name):
            depends = manifest()["depends"]
            say(f"Template database: installing {', '.join(depends)} with demo data, a minute")
            part = f"{name}_part"
            drop(part)
            administer("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", part)
            odoo.install(tree, part, depends)
            administer("ALTER DATABASE {} RENAME TO {}", part, name)
    return name


def copy(tree, name):
    """A fresh database from the template; an older one of that name goes."""
    template = ensure_template(tree)
    drop(name)
    # One copy at a time: PostgreSQL wants the template without other connections.
    with lock(f"{template}.copy"):
        administer("CREATE DATABASE {} TEMPLATE {}", name, template)
