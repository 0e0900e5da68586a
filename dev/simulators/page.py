"""The human page of a remote: plain tables, no assets."""

import json
from html import escape

STYLE = """body{font:14px sans-serif;margin:1.5em;color:#222}table{border-collapse:collapse;margin-bottom:1.5em}
td,th{border:1px solid #ccc;padding:3px 8px;text-align:left;vertical-align:top}th{background:#f3f3f3}
h2{margin:.6em 0 .3em}.none{color:#888}"""


def cell(value):
    if value is None:
        return ""
    if isinstance(value, (dict, list)):
        value = json.dumps(value, ensure_ascii=False)
    text = str(value)
    return escape(text if len(text) <= 160 else text[:159] + "…")


def render(title, tables):
    """tables: [(heading, [column], [[value]])]"""
    head = f"<meta charset='utf-8'><title>{escape(title)}</title><style>{STYLE}</style>"
    parts = [f"<!DOCTYPE html><html><head>{head}</head><body><h1>{escape(title)}</h1>"]
    for heading, columns, rows in tables:
        parts.append(f"<h2>{escape(heading)} ({len(rows)})</h2>")
        if not rows:
            parts.append("<p class='none'>none</p>")
            continue
        parts.append("<table><tr>" + "".join(f"<th>{escape(c)}</th>" for c in columns) + "</tr>")
        for row in rows[:500]:
            parts.append("<tr>" + "".join(f"<td>{cell(v)}</td>" for v in row) + "</tr>")
        parts.append("</table>")
        if len(rows) > 500:
            parts.append(f"<p class='none'>{len(rows) - 500} more</p>")
    return "".join(parts) + "</body></html>"
