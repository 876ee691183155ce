"""Migrations are append-only: a store that went through one is never read by another of that number."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from stores import FIXTURES, dump, restore

from memoryd.store import sqlite

FOLDER = Path(sqlite.__file__).parent / "migrations"
COMMITTED = {
    "index/0001_initial.sql": "0b576a2d47f42eb5bee2dbcff15dbda97282b2a962e74982999ef397109dc092",
    "index/0002_key_groups.sql": "c0aaf1923c853890457043ae8206f40c8dc52efaf1c1fe43de3023db1c92f40b",
    "index/0003_roles.sql": "7b5e09bd3418dc88a55f7874f93eca0443abe34edf7256a69cffaa924c098830",
    "index/0004_left_out.sql": "e9979e0cf130eada70501ea0605159ef5a740b0bf28c93d0f63c3d64504cb64c",
    "index/0005_unresolved.sql": "4fbdbaddc43a6b167b1b16aa101d8539d968ce19b3a4a04c4cfa3003694f61f0",
    "index/0006_words.sql": "4bc76049023f601b8ff2981bd4c475f1157fc646513c00b17b9936fda61c3e3d",
    "index/0007_access.sql": "74fd6c98f15b5826638fd16a2acde19cc7e6e103c20d6d9fdae7afe32c0fdf80",
    "records/0001_initial.sql": "b8fb8040b5b59b0a30495752da224424d746051d05a355574f9e27c906994996",
    "records/0002_contributed.sql": "e7e7f692c6ce965d2832be00c8264321530653ae324af7902e3ff12ac3640d71",
    "records/0003_assurance.sql": "f247c0d7bbe09db70883f99b8afa2090981b8e2e7ffb4055611cf6275e9a69e4",
    "records/0004_anchor_content.sql": "19e0268fe5d9759ea919ffe4887aab92792f8a325aa4a25145dd023a8222ce90",
}


def found() -> dict[str, str]:
    """File → sha256 of its text, whatever its line ends."""
    return {
        path.relative_to(FOLDER).as_posix(): hashlib.sha256(path.read_text("utf-8").encode()).hexdigest()
        for path in sorted(FOLDER.glob("*/*.sql"))
    }


@pytest.mark.parametrize("name", COMMITTED)
def test_a_committed_migration_is_never_edited(name: str) -> None:
    """Stores out there have its number and will never run it again: not even a comment may lead somebody to edit it."""
    assert found().get(name) == COMMITTED[name], (
        f"{name} was edited or removed. Put it back (`git checkout main -- {FOLDER / name}`), and write what is to"
        " change as a new file with the next number: it brings the stores up that went through this one."
    )


def test_every_migration_is_committed_with_its_digest() -> None:
    """A new one is fixed from the moment it is on the main branch."""
    new = {name: digest for name, digest in found().items() if name not in COMMITTED}
    assert new == {}, f"add to COMMITTED, and a fixture of the layout before to {FOLDER.parent}: {new}"


@pytest.mark.parametrize("kind", ["index", "records"])
def test_migrations_are_numbered_without_gaps(kind: str) -> None:
    """The number of a layout is how many migrations it went through."""
    names = sorted(path.name for path in (FOLDER / kind).glob("*.sql"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    assert sqlite.newest_layout(kind) == len(names)


@pytest.mark.parametrize("kind", ["index", "records"])
def test_every_layout_has_a_fixture(kind: str) -> None:
    """A store of each layout that was ever written is opened in the tests."""
    layouts = {int(path.stem.rpartition("-")[2]) for path in FIXTURES.glob(f"{kind}-*.sql")}
    assert layouts == set(range(1, sqlite.newest_layout(kind) + 1))


@pytest.mark.parametrize("name", sorted(path.stem for path in FIXTURES.glob("*.sql")))
def test_a_fixture_says_all_that_its_store_holds(name: str, tmp_path: Path) -> None:
    """A store made of a fixture gives that fixture again: the next one is made as the last was."""
    written = (
        (FIXTURES / f"{name}.sql").read_text("utf-8").partition("\n")[2]
    )  # but for the first line, a comment
    assert dump(restore(name, tmp_path / "store.db", tmp_path / "here"), str(tmp_path / "here")) == written
