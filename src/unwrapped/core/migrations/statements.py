"""Statements of a migration file, split exactly as Atlas splits them for PostgreSQL.

Atlas applies and counts statements one by one, and its revision table holds that count;
a file with another count would be pending forever. The rules are those of
`sql/migrate/lex.go` in Atlas 1.2.3 with its PostgreSQL options, oddities included (no
backslash escapes in `E'…'`, no nested comments, a backtick quotes); tests compare both.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

# Go's definitions of white space: `unicode.IsSpace`, and `\s` of its regular
# expressions.
SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    chr(code) for code in range(0x2000, 0x200B)
)
_S = r"[\t\n\f\r ]"
_DOLLAR_QUOTE = re.compile(r"\$(?:[A-Za-zÈ-ÿ_][0-9A-Za-z_È-ÿ]*)?\$")
_FLAGS = re.IGNORECASE | re.ASCII
_BEGIN_ATOMIC = re.compile(rf"{_S}*BEGIN{_S}+ATOMIC{_S}+", _FLAGS)
_BEGIN = re.compile(rf"{_S}*BEGIN{_S}+", _FLAGS)
_END = re.compile(rf"{_S}*END{_S}*", _FLAGS)
_DIRECTIVE = re.compile(r"([ -~]*)atlas:([0-9A-Za-z_]+)(?: +(.+))?")
_SEMICOLON = ";"


class UnreadableStatement(ValueError):
    """The text cannot be split into statements: a quote or parenthesis is not closed."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a file."""

    text: str
    """The text sent to the server, with its semicolon."""
    line: int
    """Its line, from 1."""


def directive(text: str, name: str, prefix: str | None = None) -> str | None:
    """The value of `atlas:name` in the first line of the text, None without one.

    With a prefix, the directive counts only directly after it.
    """
    found = _DIRECTIVE.match(text)
    if found is None or found[2] != name or prefix not in (None, found[1]):
        return None
    return found[3] or ""


def split_statements(text: str) -> list[Statement]:
    """The statements of a migration file. Raises `UnreadableStatement`."""
    start, delimiter = 0, _SEMICOLON
    given = directive(text, "delimiter", "-- ")
    if given is not None:
        line_end = text.find("\n")
        if not given or line_end < 0:
            raise UnreadableStatement("atlas:delimiter without a delimiter or a text")
        start = line_end + 1
        for written, meant in ((r"\n", "\n"), (r"\r", "\r"), (r"\t", "\t")):
            given = given.replace(written, meant)
        delimiter = given
    scanner = _Scanner(text, start, delimiter)
    statements = []
    while (statement := scanner.next_statement()) is not None:
        statements.append(statement)
    return statements


class _Scanner:
    """A scanner of the text: the current statement begins at `_start`."""

    def __init__(self, text: str, start: int, delimiter: str = _SEMICOLON) -> None:
        self._text = text
        self._start = start
        self._at = start
        self._delimiter = delimiter

    def next_statement(self) -> Statement | None:
        """Return the next statement, None at the end."""
        self._skip_space()
        if not self._find_end():
            return None
        raw = self._text[self._start : self._at]
        line = self._text.count("\n", 0, self._start) + 1
        self._start = self._at
        if self._delimiter != _SEMICOLON:
            raw = raw.removesuffix(self._delimiter)
        return Statement(raw.strip(SPACE), line)

    def _skip_space(self) -> None:
        text, at = self._text, self._start
        while at < len(text) and text[at] in SPACE:
            at += 1
        self._start = self._at = at

    def _find_end(self) -> bool:
        """Move past the current statement; False when there is none."""
        depth = 0
        while self._at < len(self._text):
            here = self._at
            character = self._text[here]
            self._at += 1
            if character == "(":
                depth += 1
            elif character == ")":
                depth -= 1
                if depth < 0:
                    raise self._unreadable("unexpected ')'")
            elif character in "'\"`":
                self._skip_quoted(character)
            elif depth == 0 and self._text.startswith(self._delimiter, here):
                self._at = here + len(self._delimiter)
                return True
            elif self._is_end_of_block(here):
                return True
        if depth:
            raise self._unreadable("unclosed '('")
        return self._at > self._start

    def _is_end_of_block(self, here: int) -> bool:
        """Skip a comment, quote or block that begins here; True after `BEGIN … END`."""
        if self._is_delimiter_command(here):
            raise self._unreadable("DELIMITER is not a command of PostgreSQL")
        if quote := _DOLLAR_QUOTE.match(self._text, here):
            self._skip_dollar_quoted(quote[0])
        elif self._text.startswith(("--", "/*"), here):
            self._skip_comment(here)
        elif self._delimiter == _SEMICOLON:
            return self._skip_block(here)
        return False

    def _is_delimiter_command(self, here: int) -> bool:
        if here != self._start:
            return False
        return self._text[here : here + len("delimiter ")].lower() == "delimiter "

    def _skip_quoted(self, quote: str) -> None:
        end = self._text.find(quote, self._at)
        if end < 0:
            raise self._unreadable(f"unclosed quote {quote}")
        self._at = end + 1

    def _skip_dollar_quoted(self, quote: str) -> None:
        end = self._text.find(quote, self._at + len(quote) - 1)
        self._at = len(self._text) if end < 0 else end + len(quote)

    def _skip_comment(self, here: int) -> None:
        """Skip a comment; one that is not closed belongs to the statement."""
        self._at = here + 2
        close = "\n" if self._text[here] == "-" else "*/"
        end = self._text.find(close, self._at)
        if end < 0:
            return
        self._at = end + len(close)
        if here == self._start:
            self._start = self._at
            self._skip_space()

    def _skip_block(self, here: int) -> bool:
        """Move past a `BEGIN … END` that begins here; False when none does."""
        if self._text[here] not in "bB\t\n\f\r ":
            return False
        if found := _BEGIN_ATOMIC.match(self._text, here):
            self._at = found.end()
            return self._skip_body(_is_end)
        before = max(self._start, here - 1)
        if _BEGIN.match(self._text, before) and (
            found := _BEGIN.match(self._text, here)
        ):
            self._at = found.end()
            return self._skip_body(_is_lone_end)
        return False

    def _skip_body(self, is_end: Callable[[str], bool]) -> bool:
        body = _Scanner(self._text, self._at)
        try:
            while (statement := body.next_statement()) is not None:
                if is_end(statement.text):
                    self._at = body._start
                    return True
        except UnreadableStatement:
            pass
        return False

    def _unreadable(self, what: str) -> UnreadableStatement:
        line = self._text.count("\n", 0, self._at) + 1
        return UnreadableStatement(f"line {line}: {what}")


def _is_end(text: str) -> bool:
    return _END.match(text) is not None


def _is_lone_end(text: str) -> bool:
    found = _END.match(text)
    return found is not None and text[found.end() :] in ("", _SEMICOLON)
