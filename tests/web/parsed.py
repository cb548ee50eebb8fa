"""Parses a page, for tests of its elements and texts."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from xml.etree import ElementTree

VOID = frozenset({"img", "input", "link", "meta"})


@dataclass(slots=True)
class Element:
    """A tag with its attributes; children are elements and texts."""

    tag: str
    attributes: dict[str, str | None]
    children: list["Element | str"] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text in the element, except style sheets, with white space collapsed."""
        return " ".join("".join(self._texts()).split())

    def all(self, *tags: str) -> Iterator["Element"]:
        """The elements below this one, in order; only those with these tags, if given."""
        for child in self.children:
            if isinstance(child, Element):
                if not tags or child.tag in tags:
                    yield child
                yield from child.all(*tags)

    def one(self, tag: str, **attributes: str) -> "Element":
        """The only element of this tag with these attributes."""
        found = [
            element
            for element in self.all(tag)
            if attributes.items() <= element.attributes.items()
        ]
        assert len(found) == 1, f"{len(found)} elements {tag} with {attributes}"
        return found[0]

    def _texts(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            elif child.tag != "style":
                yield from child._texts()
                if child.tag not in {"b", "bdi", "span", "strong"}:
                    yield " "


def parse(html: str) -> Element:
    """Parse a page. Raises `AssertionError` if its tags do not pair."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    assert len(parser.open) == 1, f"left open: {parser.open[-1].tag}"
    return parser.open[0]


def read_xml(markup: str) -> ElementTree.Element:
    """Parse an element with a strict parser. Raises `ParseError` if it is not XML."""
    return ElementTree.fromstring(markup)  # noqa: S314 - our own


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"attributes twice in {tag}"
        element = Element(tag, dict(attrs))
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")
