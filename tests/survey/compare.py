"""The answers of two engines to the questions of a page, beside sums over the same functions as lines of JSON."""

import collections
import json
import re
import sys

import datafusion
import duckdb

rows = [json.loads(line) for line in open("functions.jsonl")]
questions = re.findall(r"```sql\n(.*?);\n```", open(sys.argv[1]).read(), re.S)
assert len(questions) == 3, len(questions)


def ids(row):
    return f"{row['vendor']:04x}:{row['device']:04x}"


def pasid_places():
    counts = collections.Counter((ids(r), r["pasid"], r["pasid_width"]) for r in rows if r["pasid"] is not None)
    return sorted(((*key, count) for key, count in counts.items()), key=lambda row: (-row[3], row[:3]))


def live_bytes():
    by_vendor = collections.defaultdict(list)
    for row in rows:
        if row["size"] == 4096:
            by_vendor[f"{row['vendor']:04x}"].append(row["live_bytes"])
    sums = [(vendor, len(live), sum(one > 0 for one in live), max(live)) for vendor, live in by_vendor.items()]
    return sorted(sums, key=lambda row: (-row[2], row[0]))


def undescribed():
    by_id = collections.defaultdict(list)
    for row in rows:
        if row["size"] == 4096 and row["entry"] is None:
            by_id[ids(row)].append(row["largest_gap"])
    sums = [(one, len(gaps), min(gaps)) for one, gaps in by_id.items() if min(gaps) >= 8]
    return sorted(sums, key=lambda row: (-row[1], row[0]))[:20]


def asked_of_duckdb(question):
    found = duckdb.sql(question)
    return found.columns, found.fetchall()


def asked_of_datafusion(question):
    found = context.sql(question)
    return [field.name for field in found.schema()], [tuple(row.values()) for row in found.to_pylist()]


context = datafusion.SessionContext().enable_url_table()
for name, version, ask in [
    ("DuckDB", duckdb.__version__, asked_of_duckdb),
    ("DataFusion", datafusion.__version__, asked_of_datafusion),
]:
    # The table is the lines.
    columns, table = ask("SELECT * FROM 'functions.parquet' ORDER BY file, address")
    assert columns == list(rows[0]), (name, columns)
    expected = sorted((tuple(row.values()) for row in rows), key=lambda row: (row[0], row[1] is None, row[1] or ""))
    assert table == expected, f"{name}: the rows differ"
    sizes = []
    for question, expected in zip(questions, [pasid_places(), live_bytes(), undescribed()]):
        _, answer = ask(question)
        assert answer == expected, (name, question, answer[:5], expected[:5])
        sizes.append(len(answer))
    print(f"survey: {name} {version}: the same answers over {len(rows)} functions, of {sizes} rows")
