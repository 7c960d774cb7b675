"""The documents' Python, run top to bottom: what a page shows is what happens. `# -> value` behind an expression is checked."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

PAGES = {
    "rekor-py/README.md": "",
    "docs/python.md": "",
    "README.md": "## Python",
}


def blocks(text: str, section: str) -> list[tuple[int, str]]:
    """The Python of a page, or of one section of it, each block with the line that it begins at."""
    found: list[tuple[int, str]] = []
    inside: list[str] | None = None
    is_ours = not section
    for number, line in enumerate(text.splitlines(), 1):
        if inside is not None:
            if line.startswith("```"):
                found.append((number - len(inside), "\n".join(inside)))
                inside = None
            else:
                inside.append(line)
        elif section and line.startswith("## "):
            is_ours = line.strip() == section
        elif is_ours and line.strip() == "```python":
            inside = []
    return found


def run(code: str, space: dict[str, Any], at: str) -> int:
    """Runs a block statement by statement; answers how many values were checked."""
    lines, checked = code.splitlines(), 0
    for statement in ast.parse(code).body:
        end = statement.end_lineno or 0
        expected = re.search(r"# -> (.*)$", lines[end - 1])
        place = f"{at}, line {end} of the block: {lines[end - 1]}"
        if expected and isinstance(statement, ast.Expr):
            value = eval(compile(ast.Expression(statement.value), at, "eval"), space)
            assert repr(value) == expected[1].strip(), place
            checked += 1
        else:
            assert not expected, f"only an expression has a value to check: {place}"
            exec(compile(ast.Module([statement], []), at, "exec"), space)
    assert checked == code.count("# -> "), f"some values are not checked: {at}"
    return checked


@pytest.mark.parametrize("page", PAGES)
def test_a_page_does_what_it_shows(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    section = PAGES[page]
    found = blocks((ROOT / page).read_text("utf-8"), section)
    assert found or section, f"{page} shows no Python"
    monkeypatch.chdir(tmp_path)
    space: dict[str, Any] = {"__name__": "page"}
    checked = sum(run(code, space, f"{page}:{line}") for line, code in found)
    assert checked or section, f"{page} shows no value"
    if "store" in space:
        space["store"].close()


def test_a_wrong_value_and_one_that_nobody_checks_are_found() -> None:
    assert run("1 + 1  # -> 2\nx = 3\nx  # -> 3", {}, "sample") == 2
    for wrong in ("1 + 1  # -> 3", "x = 1  # -> 1", "for x in []:\n    x  # -> 1\n"):
        with pytest.raises(AssertionError):
            run(wrong, {}, "sample")
    page = "```python\n1\n```\n## Python\n```sh\nls\n```\n```python\n2\n```\n## Next\n```python\n3\n```\n"
    assert [code for _, code in blocks(page, "## Python")] == ["2"]
    assert [code for _, code in blocks(page, "")] == ["1", "2", "3"]
