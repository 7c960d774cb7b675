"""DuckDB's side of the columns bench: answers questions on standard input, one JSON object a line.

It never compares and never decides what is timed: the bench does both, so that all sides are held alike.
`exec` runs a statement; `ask` answers the rows; `time` runs a query again and again for a while and answers
the mean seconds of `execute().fetchall()`, and how many rows there were.
"""

import datetime
import decimal
import json
import sys
import time

import duckdb


def plain(value):
    """Values that JSON has no word for, as the records spell them."""
    if isinstance(value, datetime.datetime):
        return value.isoformat() + "Z"
    if isinstance(value, decimal.Decimal):
        return float(value)
    raise TypeError(f"no JSON for {type(value)}")


def timed(connection, sql, slice_seconds):
    runs, rows = 0, []
    start = time.perf_counter()
    while True:
        rows = connection.execute(sql).fetchall()
        runs += 1
        spent = time.perf_counter() - start
        if spent >= slice_seconds:
            return {"seconds": spent / runs, "rows": len(rows)}


def answer(connection, request):
    sql = request["sql"]
    if request["do"] == "exec":
        connection.execute(sql)
        return {}
    if request["do"] == "ask":
        return {"rows": connection.execute(sql).fetchall()}
    return timed(connection, sql, request["slice"])


def main():
    connection = duckdb.connect(sys.argv[1])
    threads = connection.execute("SELECT current_setting('threads')").fetchone()[0]
    print(json.dumps({"version": duckdb.__version__, "threads": threads}), flush=True)
    for line in sys.stdin:
        try:
            said = answer(connection, json.loads(line))
        except duckdb.Error as error:
            said = {"error": str(error)}
        print(json.dumps(said, default=plain), flush=True)
    connection.close()


main()
