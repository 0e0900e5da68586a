"""Make the Odoo 19.0 copy of the addon: `python dev/port.py SOURCE TARGET`.

Only what differs in XML and in the manifest is done here; what differs in Python is in models/compat.py.
"""

import re
import shutil
import sys
from pathlib import Path

from lxml import etree

TOOLS = shutil.ignore_patterns(".*", "dev", "docs", "__pycache__")
# Fields that 19.0 no longer has: (model, field).
GONE = {("ir.cron", "numbercall"), ("ir.cron", "doall")}
# Values that have other names: (model, field, value) -> value.
RENAMED = {("ir.actions.act_window", "target", "inline"): "current"}
# A list was called tree; in comma lists such as tree,form and in paths such as //tree/field.
TREE = re.compile(r"(?<![\w.])tree(?![\w.])")
TEMPLATES = {"kanban-box": "card", "kanban-menu": "menu"}
VIEW_MODES = {"view_mode", "mode"}


def port_element(element):
    """Change one element as 19.0 wants it."""
    if element.tag == "tree":
        element.tag = "list"
    if element.tag == "xpath":
        element.set("expr", TREE.sub("list", element.get("expr")))
    if element.get("t-name") in TEMPLATES:
        element.set("t-name", TEMPLATES[element.get("t-name")])
    if element.tag == "field" and element.get("name") in VIEW_MODES and element.text:
        element.text = TREE.sub("list", element.text)
    for attribute in VIEW_MODES & set(element.keys()):
        element.set(attribute, TREE.sub("list", element.get(attribute)))
    if element.tag == "div" and element.get("class") == "oe_chatter":
        # The web client of 19.0 draws these fields as plain tables.
        element.tag = "chatter"
        del element.attrib["class"], element[:]
    parent = element.getparent()
    if parent is None or element.tag != "field":
        return
    field = (parent.get("model"), element.get("name"))
    element.text = RENAMED.get((*field, element.text), element.text)
    if field in GONE:
        parent.remove(element)


def port_xml(path):
    """Rewrite one XML file."""
    document = etree.parse(path)
    for element in list(document.iter(etree.Element)):
        port_element(element)
    document.write(path, encoding="utf-8", xml_declaration=True)


def port(source, target):
    """Copy the addon and rewrite what differs."""
    part = target.with_name(f"{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    shutil.copytree(source, part, ignore=TOOLS)
    for path in part.rglob("*.xml"):
        # What the web client reads is the same in both series.
        if "static" not in path.relative_to(part).parts:
            port_xml(path)
    manifest = part / "__manifest__.py"
    manifest.write_text(manifest.read_text().replace('"version": "17.0.', '"version": "19.0.'))
    shutil.rmtree(target, ignore_errors=True)
    part.rename(target)


if __name__ == "__main__":
    port(*(Path(argument).resolve() for argument in sys.argv[1:]))
