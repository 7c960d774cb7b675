"""Every operation of the tables has a method, here and for asyncio, and a stub: nothing is forgotten by hand."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from typing import Any

import pytest

import rekor
from rekor import _native, _operations

# What the package writes by hand, and the method that it is.
BY_HAND = {name: name for name in ("query", "aggregate", "batch", "list_changes")}
HANDLES = [
    (rekor.Store, rekor.Workspace, ["Workspaces", "Tokens", "Collections", "Records", "Relationships", "WorkspaceOperations"], ""),
    (rekor.AsyncStore, rekor.AsyncWorkspace,
     ["Workspaces", "Tokens", "Collections", "Records", "Relationships", "WorkspaceOperations"], "Async"),
]  # fmt: skip


def asked(nouns: list[str], prefix: str) -> dict[str, tuple[str, str]]:
    """Which method asks for which operation, found by calling each with an argument for everything."""
    found: dict[str, tuple[str, str]] = {}
    for noun in nouns:
        kind = getattr(_operations, prefix + noun)
        for name, method in inspect.getmembers(kind, inspect.isfunction):
            if not name.startswith("_"):
                found[operation_of(kind, method)] = (noun, name)
    return found


def operation_of(kind: Any, method: Any) -> str:
    heard: list[str] = []

    def call(name: str, request: Any, options: Any = None) -> None:
        heard.append(name)

    async def call_async(name: str, request: Any, options: Any = None) -> None:
        heard.append(name)

    is_async = inspect.iscoroutinefunction(method)
    handle = kind(call_async if is_async else call)
    required = [p for p in inspect.signature(method).parameters.values() if p.default is p.empty][1:]
    answer = method(handle, *("x" for _ in required))
    if is_async:
        with pytest.raises(StopIteration):
            answer.send(None)
    assert len(heard) == 1
    return heard[0]


@pytest.mark.parametrize(("store", "workspace", "nouns", "prefix"), HANDLES)
def test_every_operation_has_a_method(store: Any, workspace: Any, nouns: list[str], prefix: str) -> None:
    of_store, of_workspace = _native.operations()
    found = asked(nouns, prefix)
    for name in [*of_store, *of_workspace]:
        if name in BY_HAND:
            assert callable(getattr(workspace, BY_HAND[name])), name
        else:
            assert name in found, f"no method asks for `{name}`"
    assert set(found) <= {*of_store, *of_workspace}


@pytest.mark.parametrize(("store", "workspace", "nouns", "prefix"), HANDLES)
def test_every_noun_is_on_its_handle(store: Any, workspace: Any, nouns: list[str], prefix: str) -> None:
    for noun in nouns:
        if noun == "WorkspaceOperations":
            assert issubclass(workspace, getattr(_operations, prefix + noun))
        else:
            handle = store if noun in ("Workspaces", "Tokens") else workspace
            assert noun.lower() in handle.__annotations__


def test_what_handles_do_is_there_for_asyncio_too() -> None:
    # What is done at once, and what asyncio has in another form.
    apart = {"call", "seq", "maintain"}
    for plain, awaited in ((rekor.Store, rekor.AsyncStore), (rekor.Workspace, rekor.AsyncWorkspace)):
        missing = {name for name in dir(plain) if not name.startswith("_")} - set(dir(awaited)) - apart
        assert not missing, missing


def stub_of(path: Path) -> dict[str, dict[str, list[str]]]:
    """The classes of a stub, their methods, and the parameters of each."""
    classes: dict[str, dict[str, list[str]]] = {}
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.ClassDef):
            methods = (part for part in node.body if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef)))
            classes[node.name] = {
                part.name: [argument.arg for argument in (*part.args.args, *part.args.kwonlyargs)] for part in methods
            }
    return classes


def test_stubs_have_the_methods_and_parameters_of_the_run() -> None:
    stubs = stub_of(Path(_operations.__file__).with_suffix(".pyi"))
    for name, methods in stubs.items():
        kind = getattr(_operations, name)
        runs = {key: method for key, method in vars(kind).items() if inspect.isfunction(method) and key != "_add"}
        assert set(runs) == set(methods), name
        for key, method in runs.items():
            assert list(inspect.signature(method).parameters) == methods[key], f"{name}.{key}"
            assert key == "__init__" or inspect.getdoc(method), f"{name}.{key} has no documentation"
