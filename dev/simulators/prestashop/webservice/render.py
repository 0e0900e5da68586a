"""A page of records as JSON or XML, with the Webservice's oddities."""

import json

from .errors import escaped

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<prestashop xmlns:xlink="http://www.w3.org/1999/xlink">\n'
FOOT = "</prestashop>\n"


def compact(data):
    """As PHP writes JSON: no spaces, slashes escaped."""
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False).replace("/", "\\/")


def translated(texts, languages):
    chosen = [(key, text) for key, text in texts.items() if languages is None or key in languages]
    return chosen[0][1] if len(chosen) == 1 else [{"id": key, "value": text} for key, text in chosen]


def is_empty(value):
    """empty() of PHP."""
    return value in (None, "", "0", 0, [])


def as_object(record, languages, drop=False, text_id=False):
    key, values, associations = record
    shown = {"id": str(key) if text_id else key}
    for name, value in values.items():
        value = translated(value, languages) if isinstance(value, dict) else value
        if not (drop and is_empty(value)):
            shown[name] = value
    filled = {name: rows for name, rows in associations.items() if rows}
    if filled:
        shown["associations"] = filled
    return shown


def json_page(page, languages, drops):
    """`drops`: whether this version leaves falsy values of a single record out."""
    if page.shape == "single":
        shown = as_object(page.records[0], languages, drop=drops)
        return compact({page.resource.node: shown})
    shown = [as_object(record, languages) for record in page.records]
    return compact({page.resource.plural: shown} if shown else [])


def json_written(resource, written, drops):
    """The answer to a write shows the last record only, and its number as text."""
    return compact({resource.node: as_object(written[-1], None, drop=drops, text_id=True)})


def json_errors(errors):
    return compact({"errors": [{"code": code, "message": message} for code, message in errors]})


def cdata(text):
    return "<![CDATA[" + str("" if text is None else text).replace("]]>", "]]]]><![CDATA[>") + "]]>"


class Xml:
    def __init__(self, base, languages=None):
        self.base, self.languages = base, languages

    def href(self, *parts):
        return f' xlink:href="{"/".join([self.base, "api", *map(str, parts)])}"'

    def field(self, field, value, inner=False):
        if isinstance(value, dict):
            texts = "".join(
                f'<language id="{key}"{self.href("languages", key)}>{cdata(text)}</language>'
                for key, text in value.items()
                if self.languages is None or key in self.languages
            )
            return f"\t<{field.name}>{texts}</{field.name}>\n"
        link = self.href(field.link, value) if field.link and (inner or value not in ("0", 0, "", None)) else ""
        mark = ' notFilterable="true"' if field.computed else ""
        return f"\t<{field.name}{link}{mark}>{cdata(value)}</{field.name}>\n"

    def association(self, name, kind, rows):
        api = f'api="{kind.api}"' if kind.api else 'virtualEntity="true"'
        if not rows:
            return f'<{name} nodeType="{kind.node}" {api}/>\n'
        by_name = {field.name: field for field in kind.fields}
        parts = [f'<{name} nodeType="{kind.node}" {api}>\n']
        for row in rows:
            link = self.href(kind.api, row["id"]) if kind.api and "id" in row else ""
            inner = "".join(self.field(by_name[key], value, inner=True) for key, value in row.items())
            parts.append(f"\t<{kind.node}{link}>\n{inner}\t</{kind.node}>\n")
        return "".join(parts) + f"</{name}>\n"

    def record(self, resource, record):
        key, values, associations = record
        parts = [f"<{resource.node}>\n\t<id>{cdata(key)}</id>\n"]
        for name, value in values.items():
            if name in resource.by_name:
                parts.append(self.field(resource.by_name[name], value))
            else:
                parts.append(f'\t<{name} notFilterable="true">{cdata(value)}</{name}>\n')
        if associations:
            parts.append("<associations>\n")
            parts += [self.association(name, resource.associations[name], rows) for name, rows in associations.items()]
            parts.append("</associations>\n")
        return "".join(parts) + f"</{resource.node}>\n"

    def page(self, page):
        resource = page.resource
        if page.shape == "ids":
            lines = [
                f'<{resource.node} id="{key}"{self.href(resource.name, key)}/>\n'
                for key, _values, _associations in page.records
            ]
        else:
            lines = [self.record(resource, record) for record in page.records]
        body = "".join(lines)
        if page.shape != "single":
            body = f"<{resource.plural}>\n{body}</{resource.plural}>\n"
        return HEAD + body + FOOT

    def written(self, resource, written):
        return HEAD + "".join(self.record(resource, record) for record in written) + FOOT

    def errors(self, errors):
        items = "".join(
            f"<error>\n<code>{cdata(code)}</code>\n<message>{cdata(message)}</message>\n</error>\n"
            for code, message in errors
        )
        return f"{HEAD}<errors>\n{items}</errors>\n{FOOT}"

    def root(self, permissions, resources, methods):
        """The list of what the key may do."""
        parts = [f'{HEAD}<api shopName="DemoShop">\n']
        for name in sorted(permissions):
            if not permissions[name]:
                continue
            flags = "".join(f' {method.lower()}="{str(method in permissions[name]).lower()}"' for method in methods)
            link = self.href(name)
            parts.append(f"<{name}{link}{flags}>\n<description{link}{flags}>\n")
            parts.append(f"{escaped(resources[name].about)}</description>\n")
            for kind in ("blank", "synopsis"):
                parts.append(f'<schema{self.href(f"{name}?schema={kind}")} type="{kind}"/>\n')
            parts.append(f"</{name}>\n")
        return "".join(parts) + f"</api>\n{FOOT}"
