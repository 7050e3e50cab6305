"""Make the simulated corpus again from its recipe, and bring the registry up to date.

    python data/make.py

The tables come out the same on every machine; the bytes of the Parquet files may differ with the version of pyarrow,
so commit the new registry together with the new files.
"""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

import pandas as pd

from twoway.simulate import SimulatedTables, simulate_tables

DATA = Path(__file__).resolve().parent
#: Tables of every corpus, in the order in which the registry lists them.
TABLES = ("posts", "accounts", "truth", "organizations", "labels", "turns")


def make_town_square(folder: Path = DATA / "town_square" / "v1") -> SimulatedTables:
    """Simulate the town from the recipe in its folder."""
    return simulate_tables(**tomllib.loads((folder / "recipe.toml").read_text(encoding="utf-8")))


def tables_of(made: SimulatedTables) -> dict[str, pd.DataFrame]:
    """Name the tables that are stored."""
    truth = made.truth
    tables = {"posts": made.posts, "accounts": made.accounts, "labels": truth.labels, "turns": truth.turns}
    return {**tables, "truth": truth.long, "organizations": truth.organizations}


def frame_hash(table: pd.DataFrame) -> str:
    """Hash what a table says, whatever file it stands in: its cells as text, numbers to ten digits."""
    times = table.select_dtypes("datetimetz")
    plain = table.assign(**{name: column.dt.strftime("%Y-%m-%dT%H:%M:%SZ") for name, column in times.items()})
    return hashlib.sha256(plain.to_csv(index=False, float_format="%.10g").encode()).hexdigest()


def write_table(table: pd.DataFrame, name: str, folder: Path) -> None:
    """Write long tables as Parquet, short ones as CSV."""
    if len(table) > 1_000:
        table.to_parquet(folder / f"{name}.parquet", index=False, compression="zstd", compression_level=19)
    else:
        table.to_csv(folder / f"{name}.csv", index=False, float_format="%.12g", lineterminator="\n")


def register() -> pd.DataFrame:
    """List all files of all corpora with their size and hash."""
    rows = []
    for folder in sorted(DATA.glob("*/v*"), key=lambda path: (path.parts[-2] != "twelve_posts", path)):
        for table in TABLES:
            for path in sorted(folder.glob(f"{table}.*")):
                rows.append(describe(path, table))
    return pd.DataFrame(rows)


def describe(path: Path, table: str) -> dict[str, object]:
    """Describe one file as a row of the registry."""
    content = path.read_bytes()
    rows = len(pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path))
    name, version = path.parts[-3:-1]
    return {
        "name": name,
        "version": version,
        "table": table,
        "file": path.relative_to(DATA).as_posix(),
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "rows": rows,
        "address": None,
    }


def main() -> None:
    """Write what has changed."""
    folder = DATA / "town_square" / "v1"
    for name, table in tables_of(make_town_square(folder)).items():
        write_table(table, name, folder)
    register().to_csv(DATA / "registry.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
