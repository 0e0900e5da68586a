"""The reference tables of a fresh shop (Spain, EUR, two languages), as rows of the Webservice."""

from ..constants import STATES

INSTALLED = "2026-11-21 04:54:55"
#: state -> (flags that are on, module, mail template, colour)
STATE_FLAGS = {
    1: ("send_email", "ps_checkpayment", "cheque", "#34209E"),
    2: ("send_email invoice logable paid pdf_invoice", "", "payment", "#3498D8"),
    3: ("delivery send_email invoice logable paid", "", "preparation", "#3498D8"),
    4: ("delivery send_email invoice logable shipped paid pdf_delivery", "", "shipped", "#01B887"),
    5: ("delivery invoice logable shipped paid", "", "", "#01B887"),
    6: ("send_email", "", "order_canceled", "#2C3E50"),
    7: ("send_email invoice", "", "refund", "#01B887"),
    8: ("send_email", "", "payment_error", "#E74C3C"),
    9: ("send_email invoice logable paid", "", "outofstock", "#3498D8"),
    10: ("send_email", "ps_wirepayment", "bankwire", "#34209E"),
    11: ("send_email invoice logable paid", "", "payment", "#3498D8"),
    12: ("send_email", "", "outofstock", "#34209E"),
    13: ("", "ps_cashondelivery", "cashondelivery", "#34209E"),
    14: ("hidden deleted", "ps_checkout", "", "#34209E"),  # of a module that was removed
}
CARRIERS = {  # id -> name, delay, id_reference, what differs
    1: ("DemoShop", "Pick up in-store", 1, {"is_free": 1}),
    2: ("My carrier", "Delivery next day!", 2, {}),
    3: ("My cheap carrier", "Buy more to pay less!", 3, {"shipping_method": 2}),
    4: ("My light carrier", "The lighter the cheaper!", 4, {"deleted": 1}),  # edited: 5 took its place
    5: ("My light carrier", "The lighter the cheaper!", 4, {}),
}
COUNTRIES = {  # id -> code, English, Spanish, calling code, zone, what differs
    1: ("DE", "Germany", "Alemania", 49, 1, {}),
    2: ("AT", "Austria", "Austria", 43, 1, {}),
    3: ("BE", "Belgium", "Bélgica", 32, 1, {}),
    4: ("CA", "Canada", "Canadá", 1, 2, {"contains_states": 1, "active": 0}),
    6: ("ES", "Spain", "España", 34, 1, {"contains_states": 1, "need_identification_number": 1}),
    8: ("FR", "France", "Francia", 33, 1, {}),
    10: ("IT", "Italy", "Italia", 39, 1, {"contains_states": 1}),
    12: ("LU", "Luxembourg", "Luxemburgo", 352, 1, {}),
    13: ("NL", "Netherlands", "Países Bajos", 31, 1, {}),
    15: ("PT", "Portugal", "Portugal", 351, 1, {}),
    17: ("GB", "United Kingdom", "Reino Unido", 44, 7, {}),
    19: ("CH", "Switzerland", "Suiza", 41, 7, {}),
    21: ("US", "United States", "Estados Unidos", 1, 2, {"contains_states": 1, "active": 0}),
    26: ("IE", "Ireland", "Irlanda", 353, 1, {}),
    44: ("AR", "Argentina", "Argentina", 54, 6, {"contains_states": 1, "active": 0}),
    241: ("AX", "Åland Islands", "Islas Aland", 0, 7, {"active": 0, "zip_code_format": "NNNNN"}),
}
#: Madrid is there twice: 339 was its number when the demo's addresses were written.
SPANISH = """339:M:Madrid 353:C:A_Coruña 362:B:Barcelona 371:GI:Girona 378:LO:La_Rioja 383:M:Madrid 384:MA:Málaga
 386:NA:Nafarroa 393:SE:Sevilla 394:T:Tarragona 398:V:València 400:BI:Bizkaia 402:Z:Zaragoza 403:CE:Ceuta
 404:ML:Melilla"""
TAXES = {1: (21, "IVA ES 21%", 0), 2: (10, "IVA ES 10%", 0), 3: (4, "IVA ES 4%", 0), 31: (20, "DPH SK 20%", 1)}
TAX_GROUPS = {  # id -> name, tax
    1: ("ES Standard rate (21%)", 1),
    2: ("ES Reduced Rate (10%)", 2),
    3: ("ES Super Reduced Rate (4%)", 3),
    4: ("ES Foodstuff Rate (4%)", 3),
    5: ("ES Books Rate (4%)", 3),
}
RULE_COUNTRIES = (6, 1, 3, 8, 10, 15)


def both(text):
    return {"1": text, "2": text}


def order_states():
    rows = {}
    for number, (flags, module, template, color) in STATE_FLAGS.items():
        rows[number] = {
            "unremovable": 0 if number == 14 else 1,
            **dict.fromkeys(flags.split(), 1),
            "module_name": module,
            "color": color,
            "name": both(STATES[number]),
            "template": both(template),
        }
    return rows


def carriers():
    rows = {}
    for number, (name, delay, reference, other) in CARRIERS.items():
        rows[number] = {
            "id_tax_rules_group": 1,
            "id_reference": reference,
            "name": name,
            "active": 1,
            "url": "",
            "shipping_handling": 0 if number == 1 else 1,
            "shipping_method": 1,
            "position": number - 1,
            "delay": both(delay),
            **other,
        }
    return rows


def countries():
    rows = {}
    for number, (code, english, spanish, call, zone, other) in COUNTRIES.items():
        rows[number] = {
            "id_zone": zone,
            "call_prefix": call,
            "iso_code": code,
            "active": 1,
            "need_zip_code": 1,
            "display_tax_label": 1,
            "name": {"1": english, "2": spanish},
            **other,
        }
    return rows


def states():
    rows = {}
    for number, code, name in (item.split(":") for item in SPANISH.split()):
        rows[int(number)] = {
            "id_zone": 1,
            "id_country": 6,
            "iso_code": f"ES-{code}",
            "name": name.replace("_", " "),
            "active": 1,
        }
    return rows


def tax_rules():
    rules = [
        {"id_tax_rules_group": group, "id_country": country, "id_tax": tax}
        for group, (_name, tax) in TAX_GROUPS.items()
        for country in RULE_COUNTRIES
    ]
    rules.append({"id_tax_rules_group": 6, "id_country": 6, "id_tax": 1})
    return {
        number: {**rule, "zipcode_from": "0", "zipcode_to": "0", "description": ""}
        for number, rule in enumerate(rules, 1)
    }


def currency(english, spanish, symbol, code, numeric, rate):
    return {
        "names": {"1": english, "2": spanish},
        "name": english,
        "symbol": both(symbol),
        "iso_code": code,
        "numeric_iso_code": numeric,
        "precision": 2,
        "conversion_rate": rate,
        "active": 1,
        "pattern": both(""),
    }


def language(name, code, locale, short, order):
    return {
        "name": name,
        "iso_code": code,
        "locale": locale,
        "language_code": short,
        "active": 1,
        "date_format_lite": order,
        "date_format_full": f"{order} H:i:s",
    }


def tables():
    """resource -> {id: row}"""
    dated = {"date_add": INSTALLED, "date_upd": INSTALLED}
    groups = {**TAX_GROUPS, 6: ("EU VAT For Virtual Products", 1)}
    return {
        "order_states": order_states(),
        "carriers": carriers(),
        "countries": countries(),
        "states": states(),
        "currencies": {
            1: currency("Euro", "euro", "€", "EUR", "978", 1),
            2: currency("US Dollar", "US Dollar", "$", "USD", "840", 1.1),
        },
        "languages": {
            1: language("English (English)", "en", "en-US", "en-us", "m/d/Y"),
            2: language("Español (Spanish)", "es", "es-ES", "es", "d/m/Y"),
        },
        "groups": {
            number: {"price_display_method": 0, "show_prices": 1, "name": both(name), **dated}
            for number, name in enumerate(("Visitor", "Guest", "Customer"), 1)
        },
        "taxes": {
            number: {"rate": rate, "active": 1, "deleted": deleted, "name": both(name)}
            for number, (rate, name, deleted) in TAXES.items()
        },
        "tax_rule_groups": {number: {"name": name, "active": 1, **dated} for number, (name, _tax) in groups.items()},
        "tax_rules": tax_rules(),
    }
