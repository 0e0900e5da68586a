"""Small pieces of the page: fields, cells, style, and the script that keeps the numbers fresh."""

from html import escape

STYLE = """
body{max-width:1500px}h1{margin:0 0 .2em}h3{margin:1em 0 .4em;font-size:14px}
.bar{color:#555;margin-bottom:1em}.bar a{margin-right:1em}
.box{border:1px solid #ccc;border-radius:6px;padding:.2em 1em 1em;margin-bottom:1.5em;background:#fcfcfc}
.box table{background:#fff;margin-bottom:1em}.wrong{border:1px solid #c33;background:#fdecec;padding:.2em 1em}
.wrong,.said{border-radius:6px;margin-bottom:1em}.said{border:1px solid #bcd;background:#eef5fb;padding:.6em 1em}
.said.bad{border-color:#c90;background:#fff7e0}.said code{overflow-wrap:anywhere}
.fields{display:flex;flex-wrap:wrap;gap:.7em 1.2em;margin:.6em 0}
.fields label{display:flex;flex-direction:column;gap:2px;min-width:11em}.fields label span{color:#555;font-size:12px}
input,select,textarea,button{font:inherit;padding:3px 6px}td input[type=number]{width:6em}.wide{flex:1 1 22em}
button{border:1px solid #26a;background:#2b6cb0;color:#fff;border-radius:4px;padding:5px 14px;cursor:pointer}
button.grave{background:#fff;color:#b22;border-color:#b22}form.row{display:flex;gap:1em;align-items:end;flex-wrap:wrap}
form{margin:.7em 0}.scroll{max-height:26em;overflow:auto;border:1px solid #ccc;margin-bottom:.8em}
.scroll table{border:0;margin:0;width:100%}.scroll th{position:sticky;top:0}.tell{white-space:nowrap}
td.number{text-align:right;white-space:nowrap}td.short{white-space:nowrap}td.off{color:#b22}
.status{border-radius:9px;padding:1px 8px;background:#e4e4e4;white-space:nowrap}.pending{background:#fdeebf}
.editing{background:#e5d5f5}.approved{background:#d3e8fb}.assigned_to_salesman{background:#c9e9ea}
.delivered{background:#d2f0d0}.cancelled_by_retailer,.cancelled_by_supplier,.returned{background:#f8d3d3}
@keyframes flash{from{background:#ffe97a}}.changed{animation:flash 4s}
dl{display:grid;grid-template-columns:max-content 1fr max-content 1fr;gap:3px 12px}dt{color:#555}
dd{margin:0;justify-self:start}
td label>span{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
@media(max-width:800px){dl{grid-template-columns:max-content 1fr}}
"""
# What a person typed stays: only the parts marked live are taken from a fresh page, forms only when the order changed.
SCRIPT = """
const find = (root, name) => new Map([...root.querySelectorAll(`[data-${name}]`)].map((e) => [e.dataset[name], e]));
const flash = (e) => { e.classList.remove("changed"); void e.offsetWidth; e.classList.add("changed"); };
async function refresh() {
  if (document.hidden) return;
  const reply = await fetch(location.href).catch(() => null);
  if (!reply || !reply.ok) return;
  const fresh = new DOMParser().parseFromString(await reply.text(), "text/html");
  const live = find(fresh, "live");
  for (const [key, old] of find(document, "live")) {
    const now = live.get(key);
    if (!now || (old.dataset.when ? old.dataset.when === now.dataset.when : old.innerHTML === now.innerHTML)) continue;
    const before = new Map([...find(old, "cell")].map(([k, e]) => [k, e.textContent]));
    const open = [...old.querySelectorAll("details")].map((e) => e.open);
    old.innerHTML = now.innerHTML;
    old.className = now.className;
    if (now.dataset.when) old.dataset.when = now.dataset.when;
    old.querySelectorAll("details").forEach((e, i) => { e.open = open[i] || false; });
    if (old.matches("td")) flash(old);
    for (const [k, e] of find(old, "cell")) if (before.has(k) && before.get(k) !== e.textContent) flash(e);
  }
}
setInterval(refresh, 4000);
document.getElementById("seek").addEventListener("input", (event) => {
  const words = event.target.value.toLowerCase();
  for (const row of document.querySelectorAll("#shelf tbody tr"))
    row.hidden = !row.textContent.toLowerCase().includes(words);
});
"""


def plain(value):
    """A number without needless zeros, yes or no, or a text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return str(value)


def price(value):
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{value:,.2f}"
    return plain(value)


def td(value, kind="", live=None, cell=None):
    marks = f" class='{kind}'" if kind else " dir='auto'"
    for name, key in (("live", live), ("cell", cell)):
        marks += f' data-{name}="{escape(key)}"' if key else ""
    return f"<td{marks}>{escape(plain(value))}</td>"


def badge(status):
    text = escape(plain(status))
    return f"<span class='status {text}'>{text}</span>"


def rows(columns, lines, more=""):
    head = "".join(f"<th>{escape(column)}</th>" for column in columns)
    return f"<table{more}><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def entry(name, label, value, kind="text", wide=False, **marks):
    """A labelled field; a textarea when kind is area."""
    more = "".join(f' {key}="{escape(str(mark))}"' for key, mark in marks.items())
    name, value = escape(name), escape(plain(value))
    control = (
        f'<textarea name="{name}" rows="2" dir="auto"{more}>{value}</textarea>'
        if kind == "area"
        else f'<input name="{name}" type="{kind}" value="{value}"{"" if more or kind != "text" else " dir=auto"}{more}>'
    )
    return f"<label{' class=wide' if wide else ''}><span>{escape(label)}</span>{control}</label>"


def choice(name, label, options, chosen):
    """A labelled select; options: [(value, text)]."""
    inner = "".join(
        f'<option value="{escape(value)}" dir="auto"{" selected" if value == chosen else ""}>{escape(text)}</option>'
        for value, text in options
    )
    return f'<label><span>{escape(label)}</span><select name="{escape(name)}">{inner}</select></label>'


def tell(values):
    """The box that decides on the webhook: on, unless the person took it off."""
    on = " checked" if not values or values.get("push") else ""
    return f"<label class='tell'><input type='checkbox' name='push' value='1'{on}> Tell Odoo by webhook</label>"


def form(action, inner, values, hashed_id=None, row=False):
    hidden = f"<input type='hidden' name='do' value='{action}'>"
    if hashed_id is not None:
        hidden += f'<input type="hidden" name="hashed_id" value="{escape(hashed_id)}">'
    return f"<form method='post'{' class=row' if row else ''}>{hidden}{inner}{tell(values)}</form>"


def button(text, grave=False, more=""):
    return f"<button{' class=grave' if grave else ''}{more}>{escape(text)}</button> "
