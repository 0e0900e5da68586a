"""When two texts say the same although a shop gave one of them back with other quotes."""


def differing(values, known):
    """The fields whose values say something else than the known ones."""
    return {field: value for field, value in values.items() if same_text(value) != same_text(known.get(field))}


def same_text(value):
    """What is left of a text when its quotes and backslashes are taken for the same: how shops give it back."""
    if not isinstance(value, str):
        return value or None
    plain = value.replace("\\", "").replace("’", "'").replace("‘", "'").replace("”", '"').replace("“", '"')
    plain = plain.replace("‹", "<").replace("›", ">").replace(" / ", " ")
    return " ".join(plain.split()) or None
