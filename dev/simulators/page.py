"""The human page of a remote: plain tables, no assets."""

import json
from html import escape

STYLE = """body{font:14px sans-serif;margin:1.5em;color:#222}table{border-collapse:collapse;margin-bottom:1.5em}
td,th{border:1px solid #ccc;padding:3px 8px;text-align:start;vertical-align:top}th{background:#f3f3f3}
h2{margin:.6em 0 .3em}.none{color:#888}"""
MOST = 500


def cell(value):
    if value is None:
        return ""
    if isinstance(value, (dict, list)):
        value = json.dumps(value, ensure_ascii=False)
    text = str(value)
    return escape(text if len(text) <= 160 else text[:159] + "…")


def table(heading, columns, rows):
    """A heading with the number of rows, and the rows."""
    parts = [f"<h2>{escape(heading)} ({len(rows)})</h2>"]
    if not rows:
        return parts[0] + "<p class='none'>none</p>"
    parts.append("<table><tr>" + "".join(f"<th>{escape(c)}</th>" for c in columns) + "</tr>")
    for row in rows[:MOST]:
        parts.append("<tr>" + "".join(f"<td dir='auto'>{cell(v)}</td>" for v in row) + "</tr>")
    parts.append("</table>")
    if len(rows) > MOST:
        parts.append(f"<p class='none'>{len(rows) - MOST} more</p>")
    return "".join(parts)


def document(title, body, style=""):
    head = f"<meta charset='utf-8'><title>{escape(title)}</title><style>{STYLE}{style}</style>"
    return f"<!DOCTYPE html><html lang='en'><head>{head}</head><body>{body}</body></html>"


def render(title, tables):
    """tables: [(heading, [column], [[value]])]"""
    return document(title, f"<h1>{escape(title)}</h1>" + "".join(table(*one) for one in tables))
