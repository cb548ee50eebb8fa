"""CSV that spreadsheet programs open without executing its content."""

_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def cell(value: object) -> object:
    """The value of a cell; a text that looks like a formula gets an apostrophe."""
    if isinstance(value, str) and value.startswith(_BEGINS_FORMULA):
        return f"'{value}"
    return value
