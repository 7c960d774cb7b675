"""The stores side by side: each takes the same documents and answers the same questions with Python objects."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import duckdb
import rekor

from documents import SCHEMA, external_id

PROPERTIES = "number, customer, amount, status, region, issued, revision"


class Rekor:
    """rekor in this process, exclusive or shared with others."""

    def __init__(self, folder: Path, exclusive: bool) -> None:
        self.store = rekor.open(folder / "rekor", exclusive=exclusive)
        if not self.store.workspaces.list()["data"]:
            self.store.workspaces.create("bench")
        self.ws = self.store.workspace("bench")
        self.ws.collections.upsert("invoices", schema=SCHEMA)
        self.get_record = self.ws.records.get

    def load(self, documents: list[dict]) -> None:
        """All documents, under their numbers as external ids."""
        self.ws.import_records("invoices", documents, external_id_field="number")

    def ids(self, rows: int) -> list[str]:
        """Some ids."""
        return [row["id"] for row in self.ws.query("invoices", fields=["id"], limit=rows)]

    def get(self, id: str) -> Any:
        """One record."""
        return self.get_record("invoices", id)["data"]

    def get_external(self, key: str) -> Any:
        """One record by its external id."""
        return self.get_record("invoices", external_id=key)["data"]

    def batch(self, documents: list[dict]) -> None:
        """Upserts in one transaction."""
        steps = [
            {"type": "upsert_record", "collection": "invoices", "external_id": one["number"], "data": one}
            for one in documents
        ]
        self.ws.batch(steps)

    def group(self) -> Any:
        """The sum and count of each status."""
        totals = [{"fn": "sum", "field": "data.amount", "alias": "total"}, {"fn": "count", "alias": "n"}]
        return self.ws.aggregate("invoices", totals, group_by=["data.status"]).rows

    def arrow(self) -> Any:
        """Three columns of all records."""
        return self.ws.query("invoices", fields=["data.amount", "data.status", "data.revision"]).to_arrow()

    def close(self) -> None:
        """Ends it."""
        self.store.close()


class Sqlite:
    """The sqlite3 of Python with JSON text, as a careful user has it: WAL, synchronous=FULL, a unique index."""

    def __init__(self, folder: Path) -> None:
        self.db = sqlite3.connect(folder / "lite.db", isolation_level=None)
        self.db.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-262144;"
            "CREATE TABLE IF NOT EXISTS invoices(id INTEGER PRIMARY KEY, external_id TEXT NOT NULL, data TEXT NOT NULL);"
            "CREATE UNIQUE INDEX IF NOT EXISTS by_key ON invoices(external_id);"
            "CREATE INDEX IF NOT EXISTS by_customer ON invoices(json_extract(data, '$.customer'));"
            "CREATE INDEX IF NOT EXISTS by_amount ON invoices(json_extract(data, '$.amount'));"
        )

    def load(self, documents: list[dict]) -> None:
        """All documents in one transaction."""
        self._upsert(documents)

    def _upsert(self, documents: list[dict]) -> None:
        self.db.execute("BEGIN IMMEDIATE")
        self.db.executemany(
            "INSERT INTO invoices(external_id, data) VALUES (?, ?)"
            " ON CONFLICT(external_id) DO UPDATE SET data = excluded.data",
            ((one["number"], json.dumps(one)) for one in documents),
        )
        self.db.execute("COMMIT")

    def ids(self, rows: int) -> list[int]:
        """Some ids."""
        return [row[0] for row in self.db.execute("SELECT id FROM invoices LIMIT ?", (rows,))]

    def get(self, id: int) -> Any:
        """One record."""
        return json.loads(self.db.execute("SELECT data FROM invoices WHERE id = ?", (id,)).fetchone()[0])

    def get_external(self, key: str) -> Any:
        """One record by its external id."""
        row = self.db.execute("SELECT data FROM invoices WHERE external_id = ?", (key,)).fetchone()
        return json.loads(row[0])

    def batch(self, documents: list[dict]) -> None:
        """Upserts in one transaction."""
        self._upsert(documents)

    def group(self) -> Any:
        """The sum and count of each status."""
        return self.db.execute(
            "SELECT json_extract(data, '$.status') s, sum(json_extract(data, '$.amount')), count(*) FROM invoices GROUP BY s"
        ).fetchall()

    def close(self) -> None:
        """Ends it."""
        self.db.close()


class Duck:
    """DuckDB with native columns in a file."""

    def __init__(self, folder: Path) -> None:
        self.db = duckdb.connect(str(folder / "duck.db"))

    def load(self, lines: Path) -> None:
        """All documents from a file of JSON lines."""
        self.db.execute(f"CREATE TABLE invoices AS SELECT {PROPERTIES} FROM read_json_auto(?)", [str(lines)])

    def group(self) -> Any:
        """The sum and count of each status."""
        return self.db.execute("SELECT status, sum(amount), count(*) FROM invoices GROUP BY status").fetchall()

    def arrow(self) -> Any:
        """Three columns of all records."""
        return self.db.sql("SELECT amount, status, revision FROM invoices").to_arrow_table()

    def close(self) -> None:
        """Ends it."""
        self.db.close()


class Tiny:
    """TinyDB, whose file is written anew with each change."""

    def __init__(self, folder: Path) -> None:
        import tinydb

        self.query = tinydb.Query()
        self.db = tinydb.TinyDB(folder / "tiny.json")

    def load(self, documents: list[dict]) -> None:
        """All documents at once."""
        self.db.insert_multiple(documents)

    def get_external(self, key: str) -> Any:
        """One document by its key, which it has no index for."""
        return self.db.get(self.query.number == key)

    def close(self) -> None:
        """Ends it."""
        self.db.close()


class Surreal:
    """SurrealDB embedded, where its wheel installs."""

    def __init__(self, folder: Path) -> None:
        from surrealdb import Surreal as Embedded

        self.db = Embedded(f"surrealkv://{folder / 'surreal'}")
        self.db.use("bench", "bench")

    def load(self, documents: list[dict]) -> None:
        """All documents, a thousand a statement."""
        for start in range(0, len(documents), 1000):
            rows = [{"id": one["number"], **one} for one in documents[start : start + 1000]]
            self.db.query("INSERT INTO invoices $rows", {"rows": rows})

    def get_external(self, key: str) -> Any:
        """One document by its key, which is its id here."""
        from surrealdb import RecordID

        return self.db.select(RecordID("invoices", key))

    def batch(self, documents: list[dict]) -> None:
        """Upserts in one statement."""
        rows = [{"id": one["number"], **one} for one in documents]
        self.db.query("INSERT INTO invoices $rows ON DUPLICATE KEY UPDATE revision = $input.revision", {"rows": rows})

    def group(self) -> Any:
        """The sum and count of each status."""
        return self.db.query("SELECT status, math::sum(amount), count() FROM invoices GROUP BY status")

    def close(self) -> None:
        """Ends it."""
        self.db.close()


def keys(numbers: list[int]) -> list[str]:
    """External ids of some documents."""
    return [external_id(n) for n in numbers]
