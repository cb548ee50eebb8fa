"""Detects cycles of corrections, which are refused.

All corrections are assumed to apply, so that the others never form a cycle when one of them
is deleted.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from unwrapped.music.corrections.correction import Action, Correction, Scope
from unwrapped.music.sources.name_keys import name_key

type Node = tuple[str, str]
"""The key of an artist, and the key of a title or an album (`""` for the artist itself)."""


def has_cycle(corrections: Iterable[Correction]) -> bool:
    """Whether an artist, album or track counts as itself, directly or through others."""
    counting = [one for one in corrections if one.action is not Action.EXCLUDE]
    artists = _edges(one for one in counting if one.scope is Scope.ARTIST)
    return any(
        _has_cycle(_edges(one for one in counting if one.scope is scope), artists)
        for scope in (Scope.ARTIST, Scope.TRACK, Scope.ALBUM)
    )


type _Edges = dict[Node, list[Node]]


def _edges(corrections: Iterable[Correction]) -> _Edges:
    edges: _Edges = defaultdict(list)
    for one in corrections:
        artist = name_key(one.artist)
        match one.scope:
            case Scope.ARTIST:
                edges[artist, ""] += [(name_key(name), "") for name in one.targets]
            case Scope.TRACK:
                target, title = map(name_key, one.targets)
                edges[artist, name_key(one.title)].append((target, title))
            case _:
                edges[artist, name_key(one.album or "")].append(
                    (artist, name_key(one.targets[0]))
                )
    return edges


def _has_cycle(edges: _Edges, artists: _Edges) -> bool:
    done = set[Node]()
    return any(_leads_back(node, edges, artists, done) for node in list(edges))


def _leads_back(start: Node, edges: _Edges, artists: _Edges, done: set[Node]) -> bool:
    """Whether a path from `start` has a cycle; nodes in `done` have none."""
    way = {start}
    open_nodes = [(start, iter(list(_next(start, edges, artists))))]
    while open_nodes:
        node, following = open_nodes[-1]
        after = next(following, None)
        if after is None:
            open_nodes.pop()
            way.discard(node)
            done.add(node)
        elif after in way:
            return True
        elif after not in done:
            way.add(after)
            open_nodes.append((after, iter(list(_next(after, edges, artists)))))
    return False


def _next(node: Node, edges: _Edges, artists: _Edges) -> Iterator[Node]:
    """What a node counts as, by its own correction or by one of its artist."""
    artist, name = node
    yield from edges.get(node, ())
    if name:
        for target, _ in artists.get((artist, ""), ()):
            yield target, name
