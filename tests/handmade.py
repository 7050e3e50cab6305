"""Small corpora written by hand, and the two ways to measure them: the library and the loops of `oracles`."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from oracles import METRICS, OPEN, oracle

import twoway as tw

MINUTE, HOUR, DAY = 60, 3_600, 86_400
NAN = float("nan")
COMPARED = [name for name in METRICS if name in tw.all_metrics() and name not in OPEN]
#: What a brand can say, by what it does: the text, and where it points to.
SAYINGS = {
    "open_answer": (
        "Hold the reset button for ten seconds until the green light blinks, then enter the code printed below.",
        [],
    ),
    "escalate": ("We have passed this on to our engineers and will get back to you.", []),
    "dm": ("Please send us a DM.", ["dm"]),
    "form": ("Please fill in our contact form: https://example.org/contact-form", ["form"]),
    "acknowledge": ("So sorry to hear that!", []),
}
COLUMNS = ("post_id", "account_id", "created_at", "text", "parent_id")


def post(post_id, account_id, at, text="", parent_id=None, **more):
    """Return one row of posts; `at` is in minutes."""
    seconds = round(at * MINUTE)
    return {**dict(zip(COLUMNS, (post_id, account_id, seconds, text, parent_id), strict=True)), **more}


def tables(rows, roles, organizations=None):
    """Return the two tables of a corpus: rows by `post`, and {account: role}."""
    posts = pd.DataFrame(rows).astype({"created_at": "int64"})
    accounts = pd.DataFrame({"account_id": list(roles), "role": list(roles.values())})
    accounts["organization"] = [(organizations or {}).get(name) for name in roles]
    return posts, accounts


def by_library(posts, accounts=None, *, by="account", focus=None, definitions=None, labels=None, window=None):
    """Measure with the library: {(unit_id, metric): value}. The labels come from its own codebook."""
    del labels
    return Values(annotated(posts, accounts, focus=focus, definitions=definitions, window=window), by)


class Values(Mapping):
    """The library's values as {(unit_id, metric): value}; whoever asks for one waits for its table only.

    That a metric has the same value whatever is measured with it is a test of its own.
    """

    def __init__(self, talk, by):
        self._talk, self._by, self._found, self._is_whole = talk, by, {}, False

    def __getitem__(self, key):
        if key not in self._found and not self._is_whole:
            every = tw.all_metrics()
            table = every[key[1]].table
            # What is made of other metrics has no table.
            names = [name for name, metric in every.items() if metric.table == table] if table else [key[1]]
            self._found |= card_values(tw.measure(self._talk, names, by=self._by))
        return self._found[key]

    def _whole(self):
        if not self._is_whole:
            self._found, self._is_whole = card_values(tw.measure(self._talk, by=self._by)), True
        return self._found

    def __iter__(self):
        return iter(self._whole())

    def __len__(self):
        return len(self._whole())


def by_loops(posts, accounts=None, *, by="account", focus=None, definitions=None, labels=None, window=None):
    """Measure with the loops: {(unit_id, metric): value}. The labels are given: {post_id: (resolution, places)}."""
    given = {name: (label, dict.fromkeys(places, True)) for name, (label, places) in (labels or {}).items()}
    found = oracle(
        posts, accounts, by=by, focus=focus, definitions=definitions, resolutions=given, window=in_seconds(window)
    )
    return {key: value for key, (value, _) in found.items()}


def annotated(posts, accounts=None, *, focus=None, definitions=None, window=None):
    """Annotate with few draws: only values are of interest here."""
    settings = definitions or tw.Definitions(draws=1)
    return tw.annotate(tw.Corpus(posts, accounts, focus=focus, window=window), settings)


def card_values(card):
    """Return a scorecard as {(unit_id, metric): value}."""
    table = card.table
    return dict(zip(zip(table["unit_id"], table["metric"], strict=True), table["value"], strict=True))


def labels_of(talk):
    """Return the library's labels in the form the loops take them."""
    rows = talk.labels.astype(object).to_dict("records")
    return {r["post_id"]: (r["resolution"], {k[3:]: bool(r[k]) for k in r if k.startswith("to_")}) for r in rows}


def in_seconds(window):
    """Return a window in seconds."""
    return None if window is None else tuple(int(pd.Timestamp(side).timestamp()) for side in window)


def disagreements(corpus, posts, accounts=None, *, by="account", focus=None, definitions=None, window=None):
    """Measure both ways; return a line for every value, or number of cases behind it, that is not the same."""
    talk = tw.annotate(corpus, definitions or tw.Definitions(draws=1))
    table = tw.measure(talk, COMPARED, by=by).table
    library = {(r.unit_id, r.metric): (r.value, r.n) for r in table.itertuples()}
    settings = {"focus": focus, "definitions": definitions, "resolutions": labels_of(talk)}
    loops = oracle(posts, accounts, by=by, window=in_seconds(window), metrics=COMPARED, **settings)
    found = []
    for key in sorted({*library, *loops}):
        (a, n_a), (b, n_b) = library.get(key, (NAN, 0)), loops.get(key, (NAN, 0))
        if b is None:
            continue  # the loops leave this open
        if not same(a, b) or (a == a and n_a != n_b):
            found.append(f"{key[0]} {key[1]}: library {a!r} of {n_a}, loops {b!r} of {n_b}")
    return found


def same(a, b, tolerance=1e-9):
    """Compare two values; undefined equals undefined."""
    if a != a or b != b:
        return a != a and b != b
    return abs(a - b) <= tolerance * max(1.0, abs(a), abs(b))
