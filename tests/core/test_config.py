"""Settings: read, refused with a reason, documented, passed on to a child."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from unwrapped.auth.oauth.settings import OAuthSettings, OpenIDSettings
from unwrapped.core.config import (
    Configuration,
    Settings,
    default_home,
    load_settings,
)
from unwrapped.core.domain import load_configuration
from unwrapped.core.settings_sources import (
    EnvironmentSettings,
    InvalidSettings,
    read_settings,
)
from unwrapped.main import DOMAINS
from unwrapped.tasks.settings import TaskSettings

EXAMPLE = Path(__file__).parents[2] / ".env.example"
KINDS = [
    kind
    for kind in EnvironmentSettings.__subclasses__()
    if kind.__module__.startswith("unwrapped.")
]
NAMES = {
    name.upper(): kind
    for kind in KINDS
    for name in kind.model_fields
    if name != "oidc"  # a group of variables: tests/auth/oauth/test_settings.py
}
OIDC_NAMES = {f"OIDC_HOME_{name.upper()}" for name in OpenIDSettings.model_fields}
MARK = "hunter2-of-ada"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Ignore variables and files of the person who runs the tests."""
    for name in NAMES.keys() | OIDC_NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """These variables, and no other setting."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        yield


@pytest.mark.sweep
def test_settings_of_all_domains_have_names_of_their_own() -> None:
    fields = [name for kind in KINDS for name in kind.model_fields]
    assert len(fields) == len(NAMES) + len(["oidc"])
    assert {kind.__name__ for kind in KINDS} >= {
        "Settings",
        "AuthSettings",
        "TaskSettings",
        "MusicSettings",
    }


@pytest.mark.sweep
def test_the_example_names_every_setting_and_no_other() -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    named = [match[1] for line in lines if (match := re.match(r"#? ?([A-Z_]+)=", line))]
    assert sorted(named) == sorted(NAMES.keys() | OIDC_NAMES)


@pytest.mark.sweep
def test_the_example_shows_the_defaults(tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    defaults = [kind() for kind in KINDS]
    every_line = re.sub(r"^# ?(?=[A-Z_]+=)", "", text, flags=re.MULTILINE)
    for version in (text, every_line):
        (tmp_path / ".env").write_text(version, encoding="utf-8")
        assert list(read_settings(KINDS)) == defaults


@pytest.mark.sweep
def test_every_setting_says_what_it_is_for() -> None:
    fields = [field for kind in KINDS for field in kind.model_fields.values()]
    assert [
        field for field in fields if not (field.description or "").endswith(".")
    ] == []


@pytest.mark.sweep
@pytest.mark.parametrize("blank", ["", "  "])
def test_a_blank_value_means_not_set(blank: str) -> None:
    with environment(dict.fromkeys(NAMES, blank)):
        assert list(read_settings(KINDS)) == [kind() for kind in KINDS]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("ALGORITHM", value) for value in ("none", "RS256", "hs256")),
        *(
            ("ACCESS_TOKEN_EXPIRE_MINUTES", value)
            for value in ("0", "1441", "x", "1.5")
        ),
        *(
            ("BACKEND_URL", value)
            for value in ("x", "ftp://x", "http://x/y", "http://")
        ),
        *(
            ("BACKEND_URL", value)
            for value in ("http://a b", "http://u@x", "http://[x]", "http://x:y")
        ),
        *(
            ("FRONTEND_URL", value)
            for value in (
                "*",
                "null",
                "https://a.org/app",
                "https://a.org,https://b.org",
            )
        ),
        *(
            ("ALLOWED_HOSTS", value)
            for value in ("*", "nas,*", "nas:80", "http://nas", "a b", "*.*.org")
        ),
        *(
            ("TRUSTED_PROXIES", value)
            for value in (
                "*",
                "0.0.0.0/0",
                "::/0",
                "proxy",
                "10.0.0.1/8",
                "127.0.0.1,*",
            )
        ),
        *(
            ("OAUTH_REDIRECT_URI", value)
            for value in (
                "x",
                "http://nas/api/v1/auth/callback",
                "https://x.org/callback",
                "https://x.org/api/v1/auth/callback?x=1",
                "https://[/api/v1/auth/callback",
            )
        ),
        *(("OAUTH_BASE_URL", value) for value in ("x", "http://x/y")),
        *(("API_DOCS", value) for value in ("maybe", "2")),
        *(("DATABASE_POOL_SIZE", value) for value in ("0", "101", "-1")),
        *(("MAX_BODY_SIZE", value) for value in ("1", "9" * 5000, "64KB")),
        *(("HOST", value) for value in ("http://nas", "a b", "nas/")),
        *(("PORT", value) for value in ("-1", "65536", "http")),
        ("METRICS_TOKEN", "short"),
        *(("LOG_LEVEL", value) for value in ("info", "TRACE")),
        *(("LOG_FORMAT", value) for value in ("xml", "JSON")),
        *(("WORKER", value) for value in ("maybe", "2")),
        *(("WORKER_HEARTBEAT_SECONDS", value) for value in ("0", "nan", "soon")),
        *(("WORKER_GRACE_SECONDS", value) for value in ("-1", "nan")),
        *(("WORKER_CONCURRENCY", value) for value in ("1", "101")),
        *(("UPLOAD_MAX_BYTES", value) for value in ("0", "1GB")),
        *(("UNPACKED_MAX_BYTES", value) for value in ("0", "x")),
        *(("UPLOADS_PER_USER", value) for value in ("0", "x")),
    ],
    ids=lambda value: value[:30],
)
def test_a_bad_value_is_refused_by_the_name_of_its_variable(
    name: str, value: str
) -> None:
    with environment({name: value}), pytest.raises(InvalidSettings) as refused:
        read_settings([NAMES[name]])
    assert re.search(rf"\b{name}: \w", refused.value.message)
    assert "\n" not in refused.value.message
    assert refused.value.__cause__ is None


def test_all_bad_values_are_listed_at_once_and_no_secret() -> None:
    bad = {
        "SECRET_KEY": MARK,
        "DATABASE_URL": f"postgresql://ada:{MARK}@host/db",
        "LOG_LEVEL": "LOUD",
        "DATABASE_POOL_SIZE": "many",
    }
    with environment(bad), pytest.raises(InvalidSettings) as refused:
        load_settings()
    assert "LOG_LEVEL" in refused.value.message
    assert "DATABASE_POOL_SIZE" in refused.value.message
    assert MARK not in refused.value.message


def test_settings_do_not_show_their_secrets() -> None:
    secret = {"SECRET_KEY": MARK, "DATABASE_URL": f"postgresql://ada:{MARK}@host/db"}
    with environment(secret):
        settings = load_settings()
    assert MARK not in repr(settings) + str(settings) + settings.model_dump_json()


@pytest.mark.parametrize("content", [b"\xff\xfe", b"\xe9=1\n", b"LOG_LEVEL=\x00\n"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / ".env").write_bytes(content)
    with pytest.raises(InvalidSettings, match=r"\.env|LOG_LEVEL"):
        load_settings()


def test_another_file_can_be_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("LOG_LEVEL=DEBUG\nLOG_FORMAT=json\n")
    (tmp_path / "other").write_text("LOG_LEVEL=ERROR\n")
    monkeypatch.setenv("UNWRAPPED_ENV_FILE", str(tmp_path / "other"))
    settings = load_settings()
    assert (settings.log_level, settings.log_format) == ("ERROR", "auto")


AS_ANOTHER_USER = """
import os, sys
from unwrapped.core.config import load_settings
from unwrapped.core.settings_sources import InvalidSettings
load_settings()
if os.geteuid() == 0:
    os.setuid(65534)
for folder in sys.argv[1:]:
    os.chdir(folder)
    try:
        print([load_settings().log_level for _ in range(2)])
    except InvalidSettings as error:
        print(error.message)
"""


def test_an_unreadable_file_counts_only_if_it_is_the_users_own(tmp_path: Path) -> None:
    roots, own = tmp_path / "roots", tmp_path / "own"
    for folder in (roots, own):
        folder.mkdir()
    for folder in [own, roots, tmp_path, *tmp_path.parents][:6]:
        if folder.stat().st_uid == os.geteuid():
            folder.chmod(folder.stat().st_mode | 0o055)
    (own / ".env").write_text("LOG_LEVEL=DEBUG\n")
    secret = Path("/etc/shadow")
    if os.geteuid() == 0:  # root reads everything: look as somebody else
        secret = tmp_path / "secret"
        secret.write_text("LOG_LEVEL=DEBUG\n")
        secret.chmod(0o600)
        os.chown(own / ".env", 65534, -1)
    (roots / ".env").symlink_to(secret)
    (own / ".env").chmod(0)
    done = subprocess.run(
        [sys.executable, "-c", AS_ANOTHER_USER, roots, own],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == (
        "['INFO', 'INFO']\n.env cannot be read: Permission denied.\n"
    )
    assert done.stderr.count("\n") == 1
    assert ".env belongs to another user and cannot be read" in done.stderr


def test_the_environment_comes_before_the_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("LOG_LEVEL=DEBUG\nLOG_FORMAT=json\nOTHER=1\n")
    with environment({"LOG_LEVEL": "ERROR", "log_format": "console"}):
        settings = load_settings()
    assert (settings.log_level, settings.log_format) == ("ERROR", "console")


def test_settings_stay_as_they_are_built() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        load_settings().log_level = "DEBUG"


def test_the_home_is_absolute(tmp_path: Path) -> None:
    with environment({"UNWRAPPED_HOME": "data", "HOME": "/somewhere"}):
        assert load_settings().home == tmp_path / "data"
    with environment({"UNWRAPPED_HOME": "~/data", "HOME": "/somewhere"}):
        assert load_settings().home == Path("/somewhere/data")


def test_the_default_home_is_a_folder_of_the_service() -> None:
    assert default_home().name == "unwrapped"
    assert default_home().is_absolute()
    assert (default_home() == Path("/var/lib/unwrapped")) == (os.geteuid() == 0)


def test_without_an_address_the_database_is_the_embedded_one() -> None:
    assert load_settings().is_embedded
    with pytest.raises(InvalidSettings, match="DATABASE_URL"):
        _ = load_settings().external_address
    with environment({"DATABASE_URL": "postgresql://ada:pw@db.example/music"}):
        settings = load_settings()
    assert not settings.is_embedded
    assert settings.external_address.host == "db.example"


ALL_SET = {
    "DATABASE_URL": "postgresql://ada:p%40ss word$HOME#'\"@db.example/music?sslmode=require",
    "TEST_DATABASE_URL": "postgresql://ada@db.example/test",
    "UNWRAPPED_HOME": "relative/fol der",
    "BACKUP_BEFORE_MIGRATING": "false",
    "OBJECT_STORE_URL": "s3://bucket/prefix",
    "OBJECT_STORE_ENDPOINT": "https://minio.example.org:9000",
    "OBJECT_STORE_ALLOW_HTTP": "true",
    "SECRET_KEY": "k2:\u00e9=value with # and 'quotes',k1:other",
    "ALGORITHM": "HS512",
    "ACCESS_TOKEN_EXPIRE_MINUTES": "7",
    "HOST": "0.0.0.0",  # noqa: S104 - only read
    "PORT": "8080",
    "BACKEND_URL": "https://music.example.org",
    "FRONTEND_URL": "https://app.example.org",
    "ALLOWED_HOSTS": "nas, *.lan.example.org",
    "TRUSTED_PROXIES": "127.0.0.1,10.0.0.0/8, 2001:db8::/32",
    "API_DOCS": "false",
    "DATABASE_POOL_SIZE": "3",
    "DATABASE_STATEMENT_SECONDS": "45",
    "DATABASE_TURNS_PER_USER": "2",
    "MAX_BODY_SIZE": "2048",
    "MAX_HEADER_SIZE": "4096",
    "MAX_HEADERS": "30",
    "HEADER_TIMEOUT_SECONDS": "2.5",
    "READING_TIMEOUT_SECONDS": "7.5",
    "CONNECTIONS_PER_ADDRESS": "5",
    "MAX_CONNECTIONS": "50",
    "FREE_SPACE_MIN_BYTES": "4096",
    "METRICS_TOKEN": f"{MARK} of metrics",
    "LOG_LEVEL": "DEBUG",
    "LOG_FORMAT": "json",
}


def test_the_names_of_the_service_are_the_listed_ones_and_that_of_its_address() -> None:
    assert load_settings().own_hosts == ()
    names = {"ALLOWED_HOSTS": " NAS , *.lan.", "BACKEND_URL": "https://Music.lan:8443/"}
    with environment(names):
        settings = load_settings()
    assert settings.backend_url == "https://music.lan:8443"
    assert settings.own_hosts == ("nas", "*.lan", "music.lan")


ALL_SET_OF_DOMAINS = {
    "REGISTRATION": "open",
    **dict.fromkeys(
        (
            *("SIGN_INS_PER_ACCOUNT", "SIGN_INS_PER_ADDRESS", "SIGN_INS_PER_BROWSER"),
            *("PASSWORDS_PER_OWNER", "REGISTRATIONS_PER_ADDRESS"),
            *("REFRESHES_PER_SESSION", "EXPORT_MINUTES", "SESSIONS_PER_USER"),
            *("TOKENS_PER_USER", "WORKER_HEARTBEAT_SECONDS", "WORKER_GRACE_SECONDS"),
            *("WORKER_CONCURRENCY", "TASKS_PER_USER", "EVENT_STREAMS_PER_USER"),
            *("TASK_RETENTION_DAYS", "ZIP_MAX_ENTRIES", "IMPORT_MAX_ROWS"),
            *("UPLOADS_PER_USER", "UPLOADS_KEPT_HOURS", "SHARES_PER_USER"),
            *("SPOTIFY_SYNC_MINUTES", "CARDS_PER_ADDRESS"),
            *("MODEL_TIMEOUT_SECONDS", "MODEL_VERDICTS_PER_USER"),
            *("CORRECTIONS_PER_USER", "CORRECTION_MAX_TARGETS"),
            *("SCROBBLING_TOKENS_PER_USER", "SCROBBLING_SESSIONS_PER_TOKEN"),
            *("SCROBBLE_READS_PER_MINUTE", "TRACK_FEEDBACK_PER_USER"),
        ),
        "17",
    ),
    **dict.fromkeys(
        (
            *("TASK_MEMORY_MAX_BYTES", "UPLOAD_MAX_BYTES", "UNPACKED_MAX_BYTES"),
            *("ZIP_DIRECTORY_MAX_BYTES", "UPLOAD_QUOTA_BYTES"),
            *("SCROBBLE_BODY_MAX_BYTES", "SCROBBLES_WAITING_PER_USER"),
            *("IMPORT_MAX_NAME_CHARACTERS", "STATISTICS_MEMORY_BYTES"),
        ),
        "1000000001",
    ),
    "CARD_FONTS": "/usr/share/fonts",
    "WORKER": "false",
    "WORKER_KINDS": "music.import, music.analysis",
    "TASK_LIMITS": "music.import=2, music.analysis=0",
    "OAUTH_CLIENT_ID": "app",
    "OAUTH_CLIENT_SECRET": MARK,
    "OAUTH_REDIRECT_URI": "https://music.example.org/api/v1/auth/callback",
    "OAUTH_BASE_URL": "http://127.0.0.1:8124",
    "CRITIC": "model",
    "MODEL_URL": "http://ollama:11434/v1",
    "MODEL_NAME": "gemma",
    "MODEL_API_KEY": MARK,
    "MODEL_ALLOW_HTTP": "true",
}
OIDC = {
    "OIDC_HOME_ISSUER": "https://auth.example.org",
    "OIDC_HOME_CLIENT_ID": "unwrapped",
    "OIDC_HOME_CLIENT_SECRET": MARK,
    "OIDC_HOME_REGISTRATION": "open",
    "OIDC_KEYCLOAK_ISSUER": "https://sso.example.org/realms/home",
    "OIDC_KEYCLOAK_CLIENT_ID": "12345",
}
EVERYTHING = ALL_SET | ALL_SET_OF_DOMAINS | OIDC


@pytest.mark.parametrize(
    ("value", "origin"),
    [
        ("https://App.example.org/", "https://app.example.org"),
        ("https://app.example.org:443", "https://app.example.org"),
        ("http://localhost:80", "http://localhost"),
        ("http://localhost:5173", "http://localhost:5173"),
        ("https://[::1]:8443", "https://[::1]:8443"),
        ("http://[::1]:80", "http://[::1]"),
        ("http://nas:", "http://nas"),
    ],
)
def test_an_origin_is_written_as_browsers_send_it(value: str, origin: str) -> None:
    settings = Settings(backend_url=value, frontend_url=value)
    assert (settings.backend_url, settings.frontend_url) == (origin, origin)


def test_a_child_has_the_configuration_of_its_parent(tmp_path: Path) -> None:
    assert (ALL_SET | ALL_SET_OF_DOMAINS).keys() == NAMES.keys()
    alone = ([name for name in NAMES if NAMES[name] is kind] for kind in KINDS)
    for names in ([], *alone, OIDC, EVERYTHING):
        with environment({name: EVERYTHING[name] for name in names}):
            parent = load_configuration(DOMAINS)
        child = parent.as_environment({})
        assert child.keys() == {*names, "UNWRAPPED_ENV_FILE"}
        # What the parent has not read does not count for its child.
        (tmp_path / ".env").write_text("LOG_LEVEL=ERROR\nOIDC_HOME_TITLE=Ours\n")
        with environment(child):
            assert load_configuration(DOMAINS) == parent
        (tmp_path / ".env").unlink()


def test_a_child_has_the_settings_of_its_parents_file(tmp_path: Path) -> None:
    lines = (f"{name}={value}\n" for name, value in OIDC.items())
    (tmp_path / ".env").write_text("".join(lines))
    with environment({"OIDC_HOME_REGISTRATION": "", "LOG_LEVEL": "DEBUG"}):
        parent = load_configuration(DOMAINS)
    (tmp_path / ".env").unlink()
    with environment(parent.as_environment({})):
        child = load_configuration(DOMAINS)
    assert child == parent
    assert child.of(OAuthSettings).oidc["home"].client_secret == SecretStr(MARK)
    assert child.of(OAuthSettings).oidc["home"].registration is None


def test_a_setting_that_a_parent_unsets_stays_unset_in_a_child(tmp_path: Path) -> None:
    outer = {"DATABASE_URL": "postgresql://ada@db.example/music", "PATH": "/bin"}
    outer |= OIDC | {"worker": "false"}
    with environment(outer):
        parent = load_configuration(DOMAINS)
    parent = (
        parent.replace(Settings, database_url=None)
        .replace(TaskSettings, worker=True)
        .replace(OAuthSettings, oidc={})
    )
    child = parent.as_environment(outer)
    assert child["PATH"] == "/bin"
    assert child.keys().isdisjoint({*OIDC, "worker"})
    with environment(child):
        assert load_configuration(DOMAINS) == parent


def test_bad_values_of_all_domains_are_listed_at_once_and_no_secret() -> None:
    bad = {
        "LOG_LEVEL": "LOUD",
        "REGISTRATION": "maybe",
        "WORKER_CONCURRENCY": "1",
        "UPLOADS_PER_USER": "0",
        "OIDC_HOME_CLIENT_SECRET": MARK,
    }
    with environment(bad), pytest.raises(InvalidSettings) as refused:
        load_configuration(DOMAINS)
    for name in (*bad.keys() - {"OIDC_HOME_CLIENT_SECRET"}, "OIDC_HOME_ISSUER"):
        assert f"{name}: " in refused.value.message
    assert MARK not in refused.value.message


def test_settings_read_nothing_but_their_arguments(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("LOG_FORMAT=json\n")
    with environment({"LOG_LEVEL": "ERROR"}):
        settings = Settings(database_pool_size=3)
    assert settings.given == {"database_pool_size": 3}
    with pytest.raises(ValidationError, match="pool"):
        Settings.model_validate({"pool": 3})


def test_a_value_is_replaced_and_the_others_stay() -> None:
    before = Configuration((Settings(log_level="DEBUG"), TaskSettings()))
    after = before.replace(TaskSettings, worker_kinds="music.import,music.analysis")
    assert after.of(TaskSettings).worker_kinds == ("music.import", "music.analysis")
    assert after.core is before.core
    assert before.of(TaskSettings).worker_kinds == ()
    with pytest.raises(InvalidSettings, match="WORKER_CONCURRENCY: "):
        before.replace(TaskSettings, worker_concurrency=1)
    with pytest.raises(InvalidSettings, match="WROKER: "):
        before.replace(TaskSettings, wroker=False)


def test_settings_that_no_domain_lists_are_an_internal_error() -> None:
    with pytest.raises(LookupError, match="No domain has TaskSettings"):
        Configuration((Settings(),)).of(TaskSettings)
