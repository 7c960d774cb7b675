"""Import, export, backup and restore: what goes in from where, and what ends it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import rekor


def numbers(ws: rekor.Workspace, collection: str = "notes") -> list[int]:
    return sorted(record["data"]["n"] for record in ws.query(collection))


def made(answer: Any) -> tuple[int, int, int]:
    return answer["read"], answer["created"], answer["failed"]


def test_rows_come_from_a_list_a_generator_and_a_file(ws: rekor.Workspace, tmp_path: Path) -> None:
    assert made(ws.import_records("notes", [{"n": 0}, {"n": 1}])) == (2, 2, 0)
    assert made(ws.import_records("notes", ({"n": n} for n in range(2, 9000)))) == (8998, 8998, 0)
    path = tmp_path / "rows.ndjson"
    path.write_text('{"n": 9000}\n\n{"n": 9001}', "utf-8")
    assert made(ws.import_records("notes", path)) == (2, 2, 0)
    path.write_text('{"n": 9002}\n', "utf-8")
    assert made(ws.import_records("notes", str(path))) == (1, 1, 0)
    assert numbers(ws) == list(range(9003))
    assert made(ws.import_records("notes", [])) == (0, 0, 0)


def test_lines_are_bytes_or_texts(ws: rekor.Workspace, tmp_path: Path) -> None:
    path = tmp_path / "rows.ndjson"
    path.write_text('{"n": 1}\n{"n": 2}\n', "utf-8")
    with path.open("rb") as lines:
        ws.import_records("notes", lines)
    with path.open(encoding="utf-8") as texts:
        ws.import_records("notes", texts)
    ws.import_records("notes", [b'{"n": 3}', b'{"n": 4}\n', '{"n": 5}', {"n": 6}])
    ws.import_records("notes", b'{"n": 7}\n{"n": 8}')
    assert numbers(ws) == [1, 1, 2, 2, 3, 4, 5, 6, 7, 8]


def test_cells_are_read_by_their_declared_type(ws: rekor.Workspace, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(b'n,t,key\n1,"a\nb",k1\n2,,k2\n')
    answer = ws.import_records("notes", path, format="csv", external_id_field="key", external_source="crm")
    assert made(answer) == (2, 2, 0)
    assert ws.records.get("notes", external_id="k1", external_source="crm")["data"] == {"n": 1, "t": "a\nb", "key": "k1"}
    assert ws.records.get("notes", external_id="k2", external_source="crm")["data"] == {"n": 2, "key": "k2"}
    again = ws.import_records("notes", path, format="csv", external_id_field="key", external_source="crm")
    assert again["unchanged"] == 2


def test_blanks_at_the_end_of_a_line_are_its_own(ws: rekor.Workspace) -> None:
    ws.import_records("notes", b"n,t\n1,x  \n2,\ty\t\n", format="csv")
    assert sorted(record["data"]["t"] for record in ws.query("notes")) == ["\ty\t", "x  "]


def test_links_are_made_with_the_records(ws: rekor.Workspace) -> None:
    ws.records.upsert("notes", {"n": 1}, id="parent", external_id="p")
    heard: list[dict[str, Any]] = []
    rows = [{"n": 2, "up": "p"}, {"n": 3, "up": "none"}]
    ws.import_records(
        "notes", rows, links=[{"field": "up", "rel_type": "under", "collection": "notes"}], listen=heard.append
    )
    [link] = ws.relationships.list()["data"]
    assert link["target"] == {"collection": "notes", "id": "parent"}
    assert [event for event in heard if "unlinked" in event]


def test_an_exception_of_the_rows_ends_it_and_is_raised_again(ws: rekor.Workspace) -> None:
    class Stopped(Exception):
        pass

    def rows() -> Iterator[dict[str, Any]]:
        for n in range(20_000):
            yield {"n": n, "t": "x" * 50}
        raise Stopped("here")

    with pytest.raises(Stopped, match="here") as raised:
        ws.import_records("notes", rows())
    assert raised.traceback[-1].name == "rows"
    kept = numbers(ws)
    assert kept == list(range(len(kept))), "whole commits from the start on"
    assert ws.check()["problems"] == []


def test_a_row_that_has_no_json_ends_it_and_is_named(ws: rekor.Workspace) -> None:
    with pytest.raises(rekor.InvalidError) as raised:
        ws.import_records("notes", [{"n": 1}, {"n": {1}}])
    assert raised.value.pointer == "/rows/1/n"


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, ValueError])
def test_what_listen_raises_ends_it(ws: rekor.Workspace, error: type[BaseException]) -> None:
    def listen(event: dict[str, Any]) -> None:
        raise error

    with pytest.raises(error):
        ws.import_records("notes", ({"n": n} for n in range(20_000)), listen=listen)
    assert 0 < len(numbers(ws)) < 20_000, "what was told of is stored, and no more was taken"


def test_the_store_may_be_used_by_what_gives_rows_and_what_listens(ws: rekor.Workspace) -> None:
    ws.collections.upsert("log", schema={})

    def rows() -> Iterator[dict[str, Any]]:
        for n in range(10):
            ws.records.upsert("log", {"n": n})
            yield {"n": ws.query("log").count()}

    ws.import_records("notes", rows(), listen=lambda event: ws.records.upsert("log", {"n": 99}) and None)
    assert numbers(ws) == list(range(1, 11))
    assert numbers(ws, "log")[-1] == 99


BAD = [b'{"n": 1}', b'{"n": "x"}', b"nonsense", b'{"n": 4}']


def test_bad_lines_end_it_or_are_told_of_and_skipped(ws: rekor.Workspace) -> None:
    with pytest.raises(rekor.InvalidError, match="line 2"):
        ws.import_records("notes", BAD)
    heard: list[dict[str, Any]] = []
    answer = ws.import_records("notes", BAD, skip_bad_lines=True, listen=heard.append)
    assert made(answer) == (4, 2, 2)
    refused = [event["refused"] for event in heard if "refused" in event]
    assert [(one["line"], one["error"]["code"]) for one in refused] == [(2, "validation_failed"), (3, "invalid_json")]
    assert heard[-1] == {"progress": answer}


def test_an_import_of_the_same_file_goes_on_where_it_was(ws: rekor.Workspace) -> None:
    rows = [{"n": n} for n in range(9000)]
    heard: list[dict[str, Any]] = []

    def stop(event: dict[str, Any]) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ws.import_records("notes", rows, resume_key="file-1", listen=stop)
    ws.import_records("notes", rows, resume_key="file-1", listen=heard.append)
    assert numbers(ws) == list(range(9000))
    assert any("resumed" in event for event in heard)


def test_one_object_is_no_rows(ws: rekor.Workspace) -> None:
    with pytest.raises(TypeError, match="list"):
        ws.import_records("notes", {"n": 1})
    with pytest.raises(TypeError):
        ws.import_records("notes", 5)  # type: ignore[arg-type]
    with pytest.raises(FileNotFoundError):
        ws.import_records("notes", "no/such/file")


def test_relationships_are_imported(ws: rekor.Workspace) -> None:
    for id in "ab":
        ws.records.upsert("notes", {}, id=id, external_id=f"x{id}")
    rows = [{"source": "notes/a", "target": "notes/@:xb", "type": "next", "data": {"w": 1}}]
    assert made(ws.import_relationships(rows)) == (1, 1, 0)
    [link] = ws.relationships.list()["data"]
    assert (link["target"]["id"], link["data"]) == ("b", {"w": 1})


def test_an_export_is_what_an_import_takes(ws: rekor.Workspace, tmp_path: Path) -> None:
    for n in range(50):
        ws.records.upsert("notes", {"n": n, "t": "ä\n"}, external_id=f"e{n}")
    path = tmp_path / "notes.ndjson"
    assert ws.export_records("notes", path) == 50
    assert [json.loads(line)["data"] for line in path.read_text("utf-8").splitlines()] == [
        record["data"] for record in ws.query("notes")
    ]
    ws.collections.upsert("copy", schema={})
    ws.import_records("copy", path, whole=True)
    keys = ("id", "external_id", "data")
    assert [[row[key] for key in keys] for row in ws.query("copy")] == [
        [row[key] for key in keys] for row in ws.query("notes")
    ]
    with pytest.raises(rekor.RekorError):
        ws.export_records("notes", path)
    assert ws.export_records("notes", tmp_path / "notes.csv", format="csv") == 50


def test_a_backup_is_restored_with_its_history(store: rekor.Store, ws: rekor.Workspace, tmp_path: Path) -> None:
    ws.records.upsert("notes", {"n": 1}, id="a")
    ws.records.upsert("notes", {"n": 2}, id="a")
    path = tmp_path / "w.backup"
    assert ws.backup(path)["workspace"] == "w"
    assert store.restore(path, "again")["id"] == "again"
    again = store.workspace("again")
    assert again.records.get("notes", "a") == ws.records.get("notes", "a")
    assert len(again.records.history("notes", "a")["data"]) == 2
    path.write_bytes(path.read_bytes()[:-7])
    with pytest.raises(rekor.CorruptError):
        store.restore(path, "broken")
    assert [one["id"] for one in store.workspaces.list()["data"]] == ["again", "w"]
