"""CSV that programs for spreadsheets open without running what is in it."""

_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def cell(value: object) -> object:
    """A value of a cell; a text that would be taken for a formula gets an apostrophe."""
    if isinstance(value, str) and value.startswith(_BEGINS_FORMULA):
        return f"'{value}"
    return value
