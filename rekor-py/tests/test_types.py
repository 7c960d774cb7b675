"""The package's types: strict, those of the run, and those that a user's checker sees."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1]
CONFIG = str(PACKAGE / "pyproject.toml")
CHECKS = {
    "package": ["mypy", "--strict", "--config-file", CONFIG, "-p", "rekor"],
    "usage": ["mypy", "--strict", "--config-file", CONFIG, "tests/typing_usage.py"],
    "stubs": ["mypy.stubtest", "rekor", "--mypy-config-file", CONFIG, "--allowlist", "tests/stubtest-allowlist.txt"],
}


@pytest.mark.parametrize("check", CHECKS)
def test_types(check: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MYPY_CACHE_DIR", str(tmp_path))
    line = [sys.executable, "-m", *CHECKS[check]]
    done = subprocess.run(line, cwd=PACKAGE, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
