"""Hold the bundled codebooks against codes and ratings by people, and write VALIDATION.md.

    python tools/validate.py [folder]

The folder holds the coded and rated data (TWOWAY_DATA if left out); none of their text is written, only counts and
scores.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import polars as pl
from scipy.stats import ttest_ind
from validation_trials import PEOPLE, TRIALS, Trial

from twoway.codebooks.kernel import coded, column_of
from twoway.codebooks.load import list_codebooks, load_codebook
from twoway.codebooks.validation import validation
from twoway.inference.intervals import wilson_limits
from twoway.versions import versions

ROOT = Path(__file__).resolve().parents[1]
SCORES = ("precision", "recall", "f1")


def rules_of(trial: Trial) -> pd.DataFrame:
    """Code the texts of a trial by the bundled rules."""
    parts = []
    for name, texts in trial.texts.items():
        book = load_codebook(name)
        columns = {"row": pl.Series(range(len(texts)), dtype=pl.Int64), "text": pl.Series(map(str, texts))}
        frame = pl.DataFrame(columns)
        found = coded(frame, [book], {}).sort("row")
        for label in book.label_names:
            value = found[column_of(book, label)].cast(pl.Float64).to_list()
            rows = pd.DataFrame({"post_id": texts.index.astype(str), "label": label, "value": value})
            parts.append(rows.assign(codebook=name, version=book.version, coder="rules"))
    return pd.concat(parts, ignore_index=True)


#: Labels that should go with a polite post by what they mean, and (-1) with an impolite one.
COURTEOUS = {
    "voice": {"greeting": 1, "thanks": 1, "apology": 1, "wishes": 1},
    "care": {"apology": 1, "gratitude": 1, "well_wishing": 1},
    "acts": {"greeting": 1, "thanks": 1, "apology": 1, "offer_help": 1, "praise": 1, "complaint": -1},
    "tone": {"praise": 1, "criticism": -1},
}
#: Posts with a label from which the means are compared.
FEWEST = 10


def politeness(data: Path) -> pd.DataFrame:
    """Compare how polite people find requests with and without the labels that should go with it.

    Returns
    -------
    DataFrame
        A row a label: `codebook, label, expected` (1 or -1)`, n` (requests with it)`, mean, difference` (of the mean
        rating from that of requests without it)`, low, high` (Welch's 95 % limits)`, top, bottom` (shares of those with
        it among the politest and the least polite quarter).
    """
    table = pd.read_csv(data / "politeness_corpus/wikipedia.annotated.csv.gz", dtype={"Id": str, "Request": str})
    rated = table["Normalized Score"]
    quarters = {"top": rated >= rated.quantile(0.75), "bottom": rated <= rated.quantile(0.25)}
    texts = pd.Series(table["Request"].fillna("").to_numpy(), index=table["Id"])
    found = rules_of(Trial("politeness", "", dict.fromkeys(COURTEOUS, texts), pd.DataFrame(columns=PEOPLE)))
    rows = []
    for codebook, labels in COURTEOUS.items():
        for label, expected in labels.items():
            has = found.query("codebook == @codebook and label == @label")["value"].eq(1).to_numpy()
            if min(has.sum(), (~has).sum()) >= FEWEST:
                test = ttest_ind(rated[has], rated[~has], equal_var=False)
                limits = test.confidence_interval(0.95)
                means = (rated[has].mean(), rated[has].mean() - rated[~has].mean())
                shares = [quarter[has].mean() for quarter in quarters.values()]
                rows.append((codebook, label, expected, int(has.sum()), *means, limits.low, limits.high, *shares))
    columns = ["codebook", "label", "expected", "n", "mean", "difference", "low", "high", *quarters]
    return pd.DataFrame(rows, columns=columns)


def rated_lines(data: Path) -> Iterator[str]:
    """Write the lines of the section on ratings."""
    table = politeness(data)
    stamps = ", ".join(load_codebook(name).stamp for name in sorted(COURTEOUS))
    yield "## Requests rated by politeness\n"
    yield (
        "4,353 requests on talk pages of Wikipedia, each rated by five people (mean 0, higher is more polite). Ratings"
        " are no codes, and requests among editors no replies of brands: this shows whether people find more polite, or"
        " less, what holds a label that means courtesy, or blame. Differences are those of the mean rating from that of"
        f" requests without the label, with Welch's 95 % limits; labels of fewer than {FEWEST} requests are left out."
        f" Codebooks: {stamps}.\n"
    )
    yield "| codebook | label | expected | requests with it | mean rating | difference | in the top quarter | bottom |"
    yield "|---|---|---|---|---|---|---|---|"
    for row in table.itertuples():
        sign = "higher" if row.expected > 0 else "lower"
        gap = f"{row.difference:+.2f} [{row.low:+.2f}, {row.high:+.2f}]"
        shares = f"{row.top:.0%} | {row.bottom:.0%}"
        yield f"| {row.codebook} | {row.label} | {sign} | {row.n} | {row.mean:+.2f} | {gap} | {shares} |"


def table_of(trials: list[Trial]) -> pd.DataFrame:
    """Score every trial."""
    parts = []
    for trial in trials:
        found = validation(rules_of(trial), trial.people).table.query("n > 0")
        parts.append(found.assign(data=trial.name))
    return pd.concat(parts, ignore_index=True)


def page(trials: list[Trial], table: pd.DataFrame) -> Iterator[str]:
    """Write the lines of the page."""
    stamps = ", ".join(load_codebook(name).stamp for name in sorted(table["codebook"].unique()))
    yield "# How well the codebooks agree with people\n"
    yield (
        "Rules against codes by people, label by label: precision, recall and F1 with 95 % limits, and Krippendorff's"
        " alpha of the rules with people beside that of people among themselves. Posts on which people do not agree are"
        " left out. Written by `make validation`; the data are not part of this repository.\n"
    )
    yield f"Codebooks: {stamps}. twoway {versions()['twoway']}.\n"
    for trial in trials:
        own = table[table["data"] == trial.name]
        yield f"## {trial.name[0].upper()}{trial.name[1:]}\n\n{trial.about}.\n"
        head = "codebook | label | precision | recall | F1 | posts with it | posts | alpha rules-people | alpha people"
        yield f"| {head} |"
        yield "|---|---|---|---|---|---|---|---|---|"
        for row in own.itertuples():
            scores = " | ".join(_score(row, name) for name in SCORES)
            alphas = " | ".join("" if a != a else f"{a:.2f}" for a in (row.alpha_rules, row.alpha_people))
            yield f"| {row.codebook} | {row.label} | {scores} | {row.support} | {row.n} | {alphas} |"
        yield ""
        if trial.order:
            right = one_label(trial)
            low, high = wilson_limits(right.sum(), len(right))
            yield (
                f"With one label a post, the first that applies of {', '.join(trial.order)}, else the last: right in"
                f" {right.mean():.1%} [{float(low):.1%}, {float(high):.1%}] of {len(right):,} posts.\n"
            )


def one_label(trial: Trial) -> pd.Series:
    """Say of each post whether the first of the rules' labels that applies is the one that people gave."""
    rules = rules_of(trial)
    given, told = (
        codes[codes["label"].isin(trial.order) & (codes["value"] == 1)].assign(
            place=lambda rows: rows["label"].map(trial.order.index)
        )
        for codes in (rules, trial.people)
    )
    posts = trial.people["post_id"].unique()
    first, true = (codes.groupby("post_id")["place"].min().reindex(posts) for codes in (given, told))
    return first.fillna(len(trial.order) - 1) == true


def _score(row: object, name: str) -> str:
    value, low, high = (getattr(row, f"{name}{end}") for end in ("", "_low", "_high"))
    return "" if value != value else f"{value:.2f} [{low:.2f}, {high:.2f}]"


def main(folder: str | None) -> int:
    """Write the page and the table beside it."""
    data = Path(folder or os.environ.get("TWOWAY_DATA", ROOT.parent / "shared" / "data"))
    if not data.is_dir():
        sys.stderr.write(f"There is no folder {data}. Give the folder of coded data, or set TWOWAY_DATA.\n")
        return 2
    known = set(list_codebooks())
    trials = [trial for trial in (make(data) for make in TRIALS) if set(trial.texts) <= known]
    table = table_of(trials)
    lines = [*page(trials, table), *rated_lines(data)]
    (ROOT / "VALIDATION.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    columns = ["data", "codebook", "label", *[f"{s}{e}" for s in SCORES for e in ("", "_low", "_high")], "support", "n"]
    table[[*columns, "alpha_rules", "alpha_people"]].round(4).to_csv(ROOT / "docs" / "validation.csv", index=False)
    sys.stdout.write(f"{len(table)} rows of scores in VALIDATION.md\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else None))
