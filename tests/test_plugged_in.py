"""The `DOMAIN` of a package plugs in everything that the package declares."""

import importlib
import pkgutil
from collections.abc import Iterable
from dataclasses import replace
from types import ModuleType

import pytest
from sqlalchemy import Table
from sqlmodel import SQLModel

import unwrapped
from tests.auth.personal_rows import personal_tables
from unwrapped.core.domain import Domain
from unwrapped.core.settings_sources import EnvironmentSettings
from unwrapped.main import DOMAINS
from unwrapped.tasks.kinds import TaskKind

pytestmark = pytest.mark.sweep

each_domain = pytest.mark.parametrize(
    "domain", DOMAINS, ids=[domain.name for domain in DOMAINS]
)


def modules_of(package: str) -> list[ModuleType]:
    """All modules of a folder of `unwrapped`."""
    root = importlib.import_module(f"unwrapped.{package}")
    names = [
        found.name
        for found in pkgutil.walk_packages(root.__path__, prefix=f"{root.__name__}.")
    ]
    return [root, *map(importlib.import_module, names)]


def settings_in(package: str) -> set[str]:
    """The names of the settings classes that a folder declares."""
    return {
        value.__name__
        for module in modules_of(package)
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, EnvironmentSettings)
        and value.__module__ == module.__name__
    }


def task_kinds_in(package: str) -> set[str]:
    """The names of the task kinds that a folder declares."""
    return {
        value.name
        for module in modules_of(package)
        for value in vars(module).values()
        if isinstance(value, TaskKind) and value.handler.__module__ == module.__name__
    }


def tables_in(package: str) -> set[str]:
    """The names of the tables that a folder declares."""
    tables = SQLModel.metadata.tables.values()
    found: set[str] = set()
    for module in modules_of(package):
        # Other modules import the tables of their own domain; core imports none.
        may_declare = package == "core" or module.__name__.endswith(".models")
        for value in vars(module).values():
            if isinstance(value, Table) and may_declare:
                found.add(value.name)
            elif isinstance(value, type) and value.__module__ == module.__name__:
                table = getattr(value, "__table__", None)
                found |= {one.name for one in tables if one is table}
    return found


def require_same(
    where: str, member: str, declared: set[str], plugged_in: Iterable[str]
) -> None:
    """Fails with the file to change, and how."""
    listed = set(plugged_in)
    changes = [
        f"{verb} {', '.join(sorted(names))} {where_to} {member}="
        for verb, names, where_to in (
            ("add", declared - listed, "to"),
            ("take", listed - declared, "from"),
        )
        if names
    ]
    if changes:
        pytest.fail(f"src/unwrapped/{where}: {'; '.join(changes)}", pytrace=False)


def require_plugged_in(domain: Domain) -> None:
    """Fails where `DOMAIN` and the package differ."""
    name = domain.name
    where = f"{name}/domain.py"
    listed = [kind.__name__ for kind in domain.settings]
    require_same(where, "settings", settings_in(name), listed)
    kinds = [kind.name for kind in domain.task_kinds]
    require_same(where, "task_kinds", task_kinds_in(name), kinds)
    personal = tables_in(name) & personal_tables()
    answer = [table for part in domain.personal_data for table in part.tables]
    require_same(f"{name}/personal_data.py", "tables", personal, answer)


@each_domain
def test_everything_that_a_package_declares_is_plugged_in(domain: Domain) -> None:
    require_plugged_in(domain)


MUSIC = next(domain for domain in DOMAINS if domain.name == "music")


@pytest.mark.parametrize(
    ("incomplete", "advice"),
    [
        (
            replace(MUSIC, settings=MUSIC.settings[1:]),
            "src/unwrapped/music/domain.py: add MusicSettings to settings=",
        ),
        (
            replace(MUSIC, task_kinds=MUSIC.task_kinds[1:]),
            "src/unwrapped/music/domain.py: add music.import to task_kinds=",
        ),
        (
            replace(MUSIC, personal_data=MUSIC.personal_data[1:]),
            "src/unwrapped/music/personal_data.py: add end_reason, listen to tables=",
        ),
        (
            replace(MUSIC, settings=(*MUSIC.settings, *DOMAINS[1].settings)),
            "src/unwrapped/music/domain.py: take TaskSettings from settings=",
        ),
    ],
    ids=["settings", "task kinds", "personal data", "somebody else's settings"],
)
def test_anything_forgotten_is_named_with_the_file_to_change(
    incomplete: Domain, advice: str
) -> None:
    with pytest.raises(pytest.fail.Exception) as failure:
        require_plugged_in(incomplete)
    assert str(failure.value) == advice


def test_every_table_belongs_to_one_folder() -> None:
    folders = [domain.name for domain in DOMAINS] + ["core"]
    owners: dict[str, list[str]] = {name: [] for name in SQLModel.metadata.tables}
    for folder in folders:
        for table in tables_in(folder):
            owners[table].append(folder)
    assert {name: found for name, found in owners.items() if len(found) != 1} == {}, (
        "a table is declared in the models.py of one domain, under a name of its module"
    )


def test_every_settings_class_and_kind_is_in_the_package_of_a_domain() -> None:
    """A folder that is no domain has nobody to plug them in."""
    folders = {found.name for found in pkgutil.iter_modules(unwrapped.__path__)}
    others = folders - {domain.name for domain in DOMAINS} - {"core", "__main__"}
    for folder in sorted(others):
        if hasattr(importlib.import_module(f"unwrapped.{folder}"), "__path__"):
            assert (settings_in(folder), task_kinds_in(folder), tables_in(folder)) == (
                set(),
                set(),
                set(),
            ), folder
