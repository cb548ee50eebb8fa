"""The environment of the process is read where settings are loaded, and left as it is."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "unwrapped"

WRITES = {
    (
        "cli/commands/worker.py",
        "_RJEM_MALLOC_CONF",
    ): "Polars' allocator reads it while it loads;"
    " it has no other way to set it, and it is not a setting",
    ("tasks/heavy/child.py", "PGAPPNAME"): "libpq reads it for each connection of the"
    " driver for frames; the process is a child for one task, and ends with it",
}
"""Modules that write a variable, with the reason."""

READS = {
    "core/settings_sources.py": "settings, and the file that they are in",
    "shared/zones.py": "`TZ`, the zone of the machine, which `analyze` uses",
    "tasks/execution/worker_beside.py": "what is around the child that it starts",
}
"""Modules that read the environment, with the reason. Others get a `Configuration`."""

CHANGING = {"update", "setdefault", "pop", "popitem", "clear", "putenv", "unsetenv"}


def is_environ(node: ast.expr) -> bool:
    """Whether it is `os.environ`, also as imported by name."""
    name = getattr(node, "attr", getattr(node, "id", None))
    return name in {"environ", "environb"}


def targets(node: ast.AST) -> list[ast.expr]:
    """What a statement assigns to or deletes."""
    match node:
        case ast.Assign() | ast.Delete():
            return node.targets
        case ast.AugAssign() | ast.AnnAssign():
            return [node.target]
    return []


def writes(source: str) -> Iterator[str]:
    """The variables that it writes; `*` where it cannot be seen which."""
    for node in ast.walk(ast.parse(source)):
        for target in targets(node):
            if is_environ(target):
                yield "*"
            elif isinstance(target, ast.Subscript) and is_environ(target.value):
                key = target.slice
                yield str(key.value) if isinstance(key, ast.Constant) else "*"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            is_os = isinstance(owner, ast.Name) and owner.id == "os"
            if node.func.attr in CHANGING and (is_environ(owner) or is_os):
                yield "*"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('os.environ["A"] = "1"', ["A"]),
        ('environ["A"] = "1"', ["A"]),
        ('del os.environ["A"]', ["A"]),
        ("os.environ[name] = value", ["*"]),
        ('os.environ |= {"A": "1"}', ["*"]),
        ('os.environ.update(A="1")', ["*"]),
        ('os.environ.setdefault("A", "1")', ["*"]),
        ('os.environ.pop("A")', ["*"]),
        ('os.putenv("A", "1")', ["*"]),
        ('env = os.environ | {"A": "1"}', []),
        ('os.environ.get("A", os.environ["B"])', []),
        ('values.update(A="1")', []),
    ],
)
def test_statements_that_write_are_found(source: str, found: list[str]) -> None:
    assert list(writes(source)) == found


def modules() -> Iterator[tuple[str, str]]:
    """The modules of the service that speak of the environment, and their text."""
    for file in SOURCE.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        if "env" in text:
            yield file.relative_to(SOURCE).as_posix(), text


def test_nobody_writes_to_the_environment() -> None:
    found = {(module, name) for module, text in modules() for name in writes(text)}
    assert found == WRITES.keys(), (
        "Hand a changed `Configuration` on (`replace`); a child process gets its own"
        " environment (`Configuration.as_environment`)."
    )


def test_the_environment_is_read_where_settings_are_loaded() -> None:
    found = {
        module
        for module, text in modules()
        if any(
            isinstance(node, ast.expr) and is_environ(node)
            for node in ast.walk(ast.parse(text))
        )
        or "getenv" in text
    }
    assert found == READS.keys() | {module for module, _ in WRITES}
