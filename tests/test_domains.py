"""Rules of this code base that no linter checks."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from fastapi.routing import iter_route_contexts

import unwrapped
from unwrapped.core.domain import Domain
from unwrapped.core.http.api_prefix import API
from unwrapped.main import DOMAINS
from unwrapped.tasks.kinds import kinds_of, longest_deadline

pytestmark = pytest.mark.sweep

SOURCE = Path(unwrapped.__file__).parent
FOLDERS = sorted(file.parent for file in SOURCE.glob("*/domain.py"))
MODULES = sorted(SOURCE.rglob("*.py"))

GUIDE_FILES = {"models.py", "schemas.py", "service.py", "router.py"}
WITHOUT_DATA = {"web"}
"""Domains that show what others keep: a router is all they need."""


@cache
def sources() -> dict[str, str]:
    """The text of every module, by its path."""
    return {
        str(module.relative_to(SOURCE)): module.read_text(encoding="utf-8")
        for module in MODULES
    }


def matches(pattern: str) -> Iterator[tuple[str, str]]:
    """The lines of the source in which the pattern is found, each with its module."""
    for module, source in sources().items():
        if re.search(pattern, source, re.MULTILINE):
            for line in source.splitlines():
                if re.search(pattern, line):
                    yield module, line.strip()


def test_every_domain_is_listed() -> None:
    listed = [domain.name for domain in DOMAINS]
    assert sorted(listed) == [
        folder.name for folder in FOLDERS if folder.name != "core"
    ]


@pytest.mark.parametrize("domain", DOMAINS, ids=[domain.name for domain in DOMAINS])
def test_a_domain_has_the_files_of_the_guide(domain: Domain) -> None:
    files = {file.name for file in (SOURCE / domain.name).rglob("*.py")}
    wanted = {"router.py"} if domain.name in WITHOUT_DATA else GUIDE_FILES
    assert wanted <= files
    assert "utils.py" not in files


@pytest.mark.parametrize("domain", DOMAINS, ids=[domain.name for domain in DOMAINS])
def test_a_domain_names_what_is_its_own(domain: Domain) -> None:
    names = [kind.name for kind in domain.task_kinds]
    names += [job.name for job in domain.periodic_jobs]
    assert [name for name in names if not name.startswith(f"{domain.name}.")] == []


def test_task_kinds_and_jobs_have_names_of_their_own() -> None:
    kinds = [kind.name for domain in DOMAINS for kind in domain.task_kinds]
    assert sorted(kinds_of(DOMAINS)) == sorted(kinds)
    jobs = [job.name for domain in DOMAINS for job in domain.periodic_jobs]
    assert len(set(jobs)) == len(jobs)
    assert longest_deadline(DOMAINS) == timedelta(hours=1)


def test_a_worker_that_waits_has_loaded_neither_http_nor_frames() -> None:
    """It starts sooner, and waits in three quarters of the memory."""
    loaded = "import sys, unwrapped.main, unwrapped.tasks.execution.worker; print(*sys.modules)"
    run = [sys.executable, "-c", loaded]
    modules = subprocess.run(run, capture_output=True, text=True, check=True).stdout
    assert not {"fastapi", "polars", "jinja2"} & set(modules.split())


def test_every_streamed_endpoint_is_one() -> None:
    for domain in DOMAINS:
        if domain.streamed:
            assert domain.load_router is not None
            routes = {
                (method, (route.path or "").removeprefix(API))
                for route in iter_route_contexts(domain.load_router().routes)
                for method in route.methods or ()
            }
            assert domain.streamed.keys() <= routes


def test_nothing_commits_but_the_session_and_the_tasks() -> None:
    found = {module for module, _ in matches(r"\.commit\(")}
    # Migrations have a connection of their own, and no session.
    allowed = {"core/database.py", "core/migrations/upgrade.py"}
    assert {one for one in found - allowed if not one.startswith("tasks/")} == set()


def test_the_session_of_a_request_is_named_once() -> None:
    named = list(matches(r"\bget_session\b"))
    assert {module for module, _ in named} == {"core/dependencies.py"}
    assert [line for _, line in named if "Depends" in line] == [
        'SessionDep = Annotated[AsyncSession, Depends(get_session, scope="function")]'
    ]


def test_the_state_of_an_application_is_used_in_one_module() -> None:
    # The sandbox is an application of its own; no part of the service runs in it.
    held = {module for module, _ in matches(r"\bapp\.state\b|\"state\", None")}
    assert held == {"core/http/state.py", "sandbox/app.py", "sandbox/state.py"}


def test_the_prefix_of_the_api_is_written_once() -> None:
    written = {module for module, _ in matches(r"/api/v\d")}
    assert written == {"core/http/api_prefix.py"}


def test_policies_for_contents_are_built_in_one_module() -> None:
    built = {module for module, _ in matches(r"default-src|frame-ancestors")}
    assert built == {"core/http/content_security_policy.py"}


def test_endpoints_name_dependencies_by_alias() -> None:
    """A bare `Depends(` is in the line of an alias only."""
    bare = [
        (module, line)
        for module, line in matches(r"\bDepends\(")
        if not re.match(r"_?[A-Z]\w+ = Annotated\[", line)
    ]
    assert bare == []


def test_one_module_locks_by_name() -> None:
    """All locks but Atlas's, which a migration takes, are in core/postgres/advisory_locks.py."""
    found = {module for module, _ in matches(r"pg_(try_)?advisory")}
    assert found == {
        "core/postgres/advisory_locks.py",
        "core/migrations/connection.py",
    }


def broad(handler: ast.ExceptHandler) -> bool:
    """Whether it catches every exception."""
    kinds = handler.type
    named = kinds.elts if isinstance(kinds, ast.Tuple) else [kinds]
    return any(
        one is None or (isinstance(one, ast.Name) and one.id == "Exception")
        for one in named
    )


def test_only_three_places_catch_everything() -> None:
    found = {
        module
        for module, source in sources().items()
        if re.search(r"except:|\bException\b", source)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ExceptHandler) and broad(node)
    }
    assert {
        module
        for module in found
        if module != "core/http/middleware.py" and not module.startswith("tasks/")
    } == set()


def test_services_know_no_http() -> None:
    known = {
        module
        for module, _ in matches(r"^(from|import) (fastapi|starlette)")
        if module.endswith("service.py")
    }
    assert known <= {"music/uploads/service.py"}, "which reads the body of a request"


def test_nothing_reads_the_settings_at_import() -> None:
    read = [
        (module, line)
        for module, line in matches(
            r"^\S.*\b(\w*Settings\(\)|load_settings\(|\.load\()"
        )
        if not line.startswith(("def ", "class "))
    ]
    assert read == []
