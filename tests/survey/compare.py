"""The answers of DuckDB to the questions of a page, beside sums over the same functions as lines of JSON."""

import collections
import json
import re
import sys

import duckdb

rows = [json.loads(line) for line in open("functions.jsonl")]
questions = re.findall(r"```sql\n(.*?)```", open(sys.argv[1]).read(), re.S)
assert len(questions) == 3, len(questions)
answers = [duckdb.sql(question).fetchall() for question in questions]


def ids(row):
    return f"{row['vendor']:04x}:{row['device']:04x}"


# The table is the lines.
table = duckdb.sql("SELECT * FROM 'functions.parquet'")
assert table.columns == list(rows[0]), table.columns
assert table.fetchall() == [tuple(row.values()) for row in rows], "the rows differ"

with_pasid = collections.Counter((ids(r), r["pasid"], r["pasid_width"]) for r in rows if r["pasid"] is not None)
expected = sorted(((*key, count) for key, count in with_pasid.items()), key=lambda row: (-row[3], row[:3]))
assert answers[0] == expected, (answers[0][:5], expected[:5])

whole = collections.defaultdict(list)
for row in rows:
    if row["size"] == 4096:
        whole[f"{row['vendor']:04x}"].append(row["live_bytes"])
expected = [(v, len(live), sum(one > 0 for one in live), max(live)) for v, live in whole.items()]
expected.sort(key=lambda row: (-row[2], row[0]))
assert answers[1] == expected, (answers[1][:5], expected[:5])

unknown = collections.defaultdict(list)
for row in rows:
    if row["size"] == 4096 and row["entry"] is None:
        unknown[ids(row)].append(row["largest_gap"])
expected = [(i, len(gaps), min(gaps)) for i, gaps in unknown.items() if min(gaps) >= 8]
expected.sort(key=lambda row: (-row[1], row[0]))
assert answers[2] == expected[:20], (answers[2][:5], expected[:5])

print(f"survey: DuckDB {duckdb.__version__} answers alike over {len(rows)} functions: {[len(a) for a in answers]} rows")
