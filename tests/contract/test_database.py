"""One schema on two databases: how it is made, and what a database in trouble looks like."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.ports import Trouble
from bot.store import SqlStore
from bot.store.database import Database
from bot.store.schema import HEAD, metadata
from tests.contract.sayings import NOON, alter, heard, opened, row, spoke

pytest_plugins = ["tests.contract.databases"]


async def test_the_migrations_make_what_the_schema_says(store: SqlStore, address: str) -> None:
    def differences(connection: sa.Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata))

    database = Database(address, {})
    assert await database.read(differences) == []
    await database.close()


def test_the_newest_migration_is_the_one_that_the_schema_names() -> None:
    config = Config()
    config.set_main_option("script_location", "infra:migrations")

    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


async def test_workers_that_start_at_once_migrate_once_and_keep_the_rows(address: str) -> None:
    stores = [SqlStore(address) for _ in range(3)]
    await asyncio.gather(*(store.migrate() for store in stores))
    await stores[0].append("s1", 0, [opened()], at=NOON, turn=1, row=row("s1"))
    await stores[0].receive("github", heard("d1"))

    await asyncio.gather(*(store.migrate() for store in stores))

    assert await stores[1].verify_chain("s1") is None
    assert [len(await stores[1].events("s1")), len(await stores[1].arrivals())] == [1, 1]
    await asyncio.gather(*(store.close() for store in stores))


async def test_a_database_of_a_newer_version_is_left_alone(store: SqlStore, address: str) -> None:
    alter(address, "UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(Trouble, match="can't be migrated") as refusal:
        await store.migrate()

    assert (refusal.value.retry_in, "newer" in refusal.value.advice) == (None, True)


@pytest.mark.parametrize("address", ["", "nonsense", "mysql://host/name", "sqlite://", "sqlite:///:memory:"])
def test_an_address_that_cannot_be_used_says_what_can(address: str) -> None:
    with pytest.raises(Trouble) as refusal:
        SqlStore(address)

    assert (refusal.value.retry_in, "postgresql://" in refusal.value.advice) == (None, True)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg", "postgresql+asyncpg"])
def test_every_spelling_of_postgresql_gets_our_driver(scheme: str) -> None:
    url = Database(f"{scheme}://user:secret@host:1/name", {}).url

    assert url.render_as_string(hide_password=False) == "postgresql+psycopg://user:secret@host:1/name"


async def test_an_unreachable_server_is_trouble_and_no_password_is_told() -> None:
    store = SqlStore("postgresql://user:s3cret@127.0.0.1:9/name")

    with pytest.raises(Trouble) as trouble:
        await store.receive("github", heard("d1"))

    assert trouble.value.retry_in == 5
    assert "s3cret" not in str(trouble.value)
    await store.close()


async def test_a_file_that_is_no_database_is_trouble_without_another_try(tmp_path: Path) -> None:
    (tmp_path / "maestro.db").write_bytes(b"a poem of no use " * 500)
    store = SqlStore(f"sqlite:///{tmp_path}/maestro.db")

    with pytest.raises(Trouble, match="damaged") as trouble:
        await store.migrate()

    assert trouble.value.retry_in is None
    await store.close()


async def test_a_full_disk_is_trouble_and_leaves_no_half_append(sqlite_address: str) -> None:
    store = SqlStore(sqlite_address, {"max_page_count": "100"})
    await store.migrate()
    await store.append("s1", 0, [opened()], at=NOON, turn=1, row=row("s1"))

    with pytest.raises(Trouble, match="full") as trouble:
        await store.append("s1", 1, [spoke("short"), spoke("long" * 50_000)], at=NOON, turn=1, row=row("s1", updated=9))

    assert (trouble.value.retry_in, trouble.value.advice) == (30, "Free some space on it.")
    assert [event.seq for event in await store.events("s1")] == [1]
    assert await store.sessions() == [row("s1")]
    assert len(await store.append("s1", 1, [spoke("short")], at=NOON, turn=1)) == 1
    await store.close()


async def test_readers_of_sqlite_never_wait_for_the_writer(sqlite_address: str) -> None:
    store = SqlStore(sqlite_address)
    await store.migrate()
    await store.append("s1", 0, [opened()], at=NOON, turn=1)
    with sa.create_engine(sqlite_address).connect() as somebody:
        somebody.exec_driver_sql("BEGIN IMMEDIATE")
        somebody.exec_driver_sql("DELETE FROM events")
        async with asyncio.timeout(1):
            assert len(await store.events("s1")) == 1
            assert await store.claim("w1", datetime(2000, 1, 1, tzinfo=UTC), 60, frozenset(), 1) is None
    await store.close()


async def test_a_server_that_hung_up_is_called_again(postgresql_address: str) -> None:
    store = SqlStore(postgresql_address)
    await store.migrate()
    await store.append("s1", 0, [opened()], at=NOON, turn=1)
    alter(
        postgresql_address,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )

    assert len(await store.append("s1", 1, [spoke()], at=NOON, turn=1)) == 1
    assert len(await store.events("s1")) == 2
    await store.close()


async def test_sqlite_keeps_what_was_acknowledged_over_a_power_cut(sqlite_address: str) -> None:
    store = SqlStore(sqlite_address)
    await store.migrate()
    database = Database(sqlite_address, {})

    settings = [
        await database.write(lambda c, name=name: c.exec_driver_sql(f"PRAGMA {name}").scalar())  # type: ignore[misc]
        for name in ("journal_mode", "synchronous", "foreign_keys", "page_size")
    ]

    assert settings == ["wal", 2, 1, 1024]
    await database.close()
    await store.close()
