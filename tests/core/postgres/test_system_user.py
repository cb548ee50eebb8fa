"""The user that root's server runs as, and the change of the files' owner."""

import grp
import os
import pwd
from pathlib import Path

import pytest

from unwrapped.core.postgres.binaries import SystemUser
from unwrapped.core.postgres.system_user import hand_over, own_user

IS_ROOT = os.geteuid() == 0
OTHER = 65_534
TO = SystemUser(60_700, 60_700)


def test_the_ids_of_the_server_are_no_accounts() -> None:
    own = own_user()
    with pytest.raises(KeyError):
        pwd.getpwuid(own.uid)
    with pytest.raises(KeyError):
        grp.getgrgid(own.gid)
    assert own_user() == own


@pytest.mark.skipif(not IS_ROOT, reason="only root gives files away")
def test_only_files_of_the_former_owner_are_handed_over(tmp_path: Path) -> None:
    ours, place = tmp_path / "ours", tmp_path / "place"
    ours.write_text("root's")
    (place / "data" / "base").mkdir(parents=True)
    for path in (place, place / "data", place / "data" / "base"):
        os.chown(path, OTHER, OTHER)
    (place / "data" / "link").symlink_to(ours)
    (place / "data" / "hard").hardlink_to(ours)
    os.chown(place / "data" / "link", OTHER, OTHER, follow_symlinks=False)
    (place / "home").write_text("root's")

    hand_over(place, TO)

    for path in (place, place / "data", place / "data" / "base"):
        assert (path.stat().st_uid, path.stat().st_gid) == (TO.uid, TO.gid)
    assert (place / "data" / "link").lstat().st_uid == TO.uid
    for path in (ours, place / "home", place / "data" / "hard"):
        assert path.stat().st_uid == 0
    assert place.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(not IS_ROOT, reason="only root gives files away")
def test_a_hand_over_that_was_cut_short_is_completed(tmp_path: Path) -> None:
    place = tmp_path / "place"
    (place / "data").mkdir(parents=True)
    (place / "data" / "PG_VERSION").write_text("18")
    os.chown(place / "data", OTHER, OTHER)  # the folder itself is root's, still
    hand_over(place, TO)
    assert place.stat().st_uid == (place / "data").stat().st_uid == TO.uid
