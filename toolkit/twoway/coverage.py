"""What a collection holds, and in words what it cannot show."""

from __future__ import annotations

import html
from dataclasses import dataclass, field, fields
from typing import Any

import narwhals.stable.v2 as nw
import pandas as pd

from .interactions.annotate import annotate

__all__ = ["Coverage", "answered_share", "count_coverage", "nearly_all", "opening_share"]


#: Where more than this share of at least so many was answered, the collection seems to be chosen by its answers.
SELECTED, ENOUGH = 0.98, 30


def _count(meaning: str) -> Any:
    return field(default=0, metadata={"meaning": meaning})


@dataclass(frozen=True)
class Coverage:
    """Counts of a corpus, and sentences on what they imply.

    Examples
    --------
    >>> Coverage(posts=2, accounts=2).to_frame().loc["posts", "value"]
    2
    """

    posts: int = _count("posts of the sample")
    accounts: int = _count("accounts that posted them")
    context_posts: int = _count("further posts: others, or a profile, refer to them, or they lie outside the window")
    measured_accounts: int = _count("accounts that are measured")
    persons: int = _count("accounts of the public that posted")
    replies: int = _count("posts of the sample that name a parent")
    parents_present: int = _count("replies whose parent is in the corpus, context included")
    parents_in_sample: int = _count("replies whose parent is itself a post of the sample")
    orphans: int = _count("replies whose parent is not in the corpus")
    self_replies: int = _count("replies to a post of the same account")
    reposts: int = _count("plain reposts")
    quotes: int = _count("posts that quote another")
    cycles: int = _count("posts whose reply links formed a circle; the links are cut")
    replies_before_parent: int = _count("replies older than their parent")
    duplicates: int = _count("rows dropped because their id was there already")
    conversations: int = _count("reply trees")
    several_roots: int = _count("conversations, as the platform names them, with more than one root")
    accounts_without_role: int = _count("accounts that posted and have no role")
    text_missing: int = _count("posts of the sample without text")
    languages: int = _count("languages given")
    turns_owed: int = _count("turns owed by the measured accounts")
    turns_answered: int = _count("turns owed that were answered at any time")
    replies_too_early: int = _count("answers dropped because they precede their turn by more than a clock error")
    repaired: int = _count("values mended by named rules")
    rejected: int = _count("rows set aside")
    window_from: str = field(default="", metadata={"meaning": "start of the observed period"})
    window_to: str = field(default="", metadata={"meaning": "end of the observed period"})
    remarks: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return all counts and the remarks by name."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    def to_frame(self) -> pd.DataFrame:
        """Return one row a count: value and meaning."""
        rows = {f.name: (getattr(self, f.name), f.metadata["meaning"]) for f in fields(self) if "meaning" in f.metadata}
        return pd.DataFrame.from_dict(rows, orient="index", columns=["value", "meaning"])

    def __str__(self) -> str:
        """Write the counts in a column, then the remarks."""
        shown = self.to_frame()["value"]
        lines = [
            f"{name:>22}  {value:,}" if isinstance(value, int) else f"{name:>22}  {value}"
            for name, value in shown.items()
        ]
        return "\n".join([*lines, "", *[f"- {remark}" for remark in self.remarks]])

    def __repr__(self) -> str:
        """Write the same as `str`."""
        return str(self)

    def _repr_html_(self) -> str:
        shown = {name: f"{v:,}" if isinstance(v, int) else html.escape(str(v)) for name, v in self.to_dict().items()}
        rows = "".join(
            f"<tr><th scope='row'>{name.replace('_', ' ')}</th><td>{shown[name]}</td><td>{row.meaning}</td></tr>"
            for name, row in self.to_frame().iterrows()
        )
        notes = "".join(f"<li>{html.escape(remark)}</li>" for remark in self.remarks)
        return f"<table><caption>Coverage</caption><tbody>{rows}</tbody></table><ul>{notes}</ul>"


def _yes(rule: nw.Expr) -> nw.Expr:
    return nw.when(rule).then(1).otherwise(0).sum()


def count_coverage(corpus: Any) -> Coverage:
    """Count what a corpus holds under the default definitions."""
    talk = annotate(corpus)
    counts = _post_counts(talk) | _account_counts(corpus) | _thread_counts(talk)
    repairs = dict(zip(corpus.repairs["rule"], corpus.repairs["n"], strict=True))
    start, end = corpus.window
    return Coverage(
        **counts,
        duplicates=int(repairs.get("duplicate_post_id_dropped", 0)),
        repaired=sum(int(n) for rule, n in repairs.items() if rule != "more_not_expanded"),
        rejected=len(corpus.rejected),
        window_from=start.isoformat(),
        window_to=end.isoformat(),
        remarks=tuple(_remarks(corpus, counts, opening_share(talk))),
    )


def _post_counts(talk: Any) -> dict[str, int]:
    sample = ~nw.col("is_context")
    inside = talk.links.posts.filter(sample & ~nw.col("parent_row").is_null()).select("row", "parent_row")
    context = talk.links.posts.filter(nw.col("is_context")).select(nw.col("row").alias("parent_row"), via=nw.lit(1))
    inside = inside.join(context, on="parent_row", how="left").select(
        _yes(nw.col("via").is_null()).alias("parents_in_sample")
    )
    frame = talk.links.posts.select(
        _yes(sample).alias("posts"),
        _yes(~sample).alias("context_posts"),
        _yes(sample & ~nw.col("parent_id_given").is_null()).alias("replies"),
        _yes(sample & ~nw.col("parent_row").is_null()).alias("parents_present"),
        _yes(sample & nw.col("is_orphan")).alias("orphans"),
        _yes(sample & nw.col("is_self_reply")).alias("self_replies"),
        _yes(sample & nw.col("is_repost")).alias("reposts"),
        _yes(sample & nw.col("is_quote")).alias("quotes"),
        _yes(sample & (nw.col("created_s") < nw.col("parent_s"))).alias("replies_before_parent"),
    )
    text = talk.corpus.post_frame.filter(sample).select(
        _yes(nw.col("text").is_null() | (nw.col("text") == "")).alias("text_missing"),
        nw.when(~nw.col("lang").is_null()).then(nw.col("lang")).n_unique().alias("languages"),
        _yes(nw.col("lang").is_null()).alias("_no_lang"),
    )
    out: dict[str, int] = {}
    for part in (frame, inside, text):
        out |= {name: int(value or 0) for name, value in talk.engine.collect(part).to_pylist()[0].items()}
    # A null counts as one value more.
    out["languages"] -= 1 if out.pop("_no_lang") else 0
    return out


def _account_counts(corpus: Any) -> dict[str, int]:
    posted = nw.col("n_posts") > 0
    frame = corpus.account_frame.select(
        _yes(posted).alias("all_posters"),
        _yes(nw.col("is_focal")).alias("measured_accounts"),
        _yes(posted & nw.col("is_public")).alias("persons"),
        _yes(posted & (nw.col("role") == "unknown")).alias("accounts_without_role"),
    )
    counts = {name: int(value or 0) for name, value in corpus.engine.collect(frame).to_pylist()[0].items()}
    sample = corpus.post_frame.filter(~nw.col("is_context")).select(nw.col("account_id").n_unique().alias("n"))
    counts["accounts"] = int(corpus.engine.collect(sample)["n"][0].as_py())
    counts.pop("all_posters")
    return counts


def _thread_counts(talk: Any) -> dict[str, int]:
    engine = talk.engine
    named = talk.corpus.post_frame.filter(
        ~nw.col("conversation_id").is_null() & nw.col("parent_id").is_null() & nw.col("repost_of_id").is_null()
    )
    roots = (
        named.group_by("conversation_id").agg(nw.len().alias("n")).select(_yes(nw.col("n") > 1).alias("several_roots"))
    )
    trees = talk.tree_frame.select(nw.col("root").n_unique().alias("conversations"))
    turns = talk.turn_frame.filter(~nw.col("is_context")).select(
        nw.len().alias("turns_owed"),
        _yes(~nw.col("latency_s").is_null()).alias("turns_answered"),
        nw.col("n_too_early").sum().alias("replies_too_early"),
    )
    out = {"cycles": len(talk.links.cycle_rows)}
    for part in (roots, trees, turns):
        out |= {name: int(value or 0) for name, value in engine.collect(part).to_pylist()[0].items()}
    return out


def opening_share(talk: Any) -> tuple[int, float]:
    """Count the approaches that open a thread, and the share of them answered.

    The trace of a collection made from answers.
    """
    openings = talk.turn_frame.filter((nw.col("row") == nw.col("root")) & ~nw.col("is_context"))
    opened = openings.group_by("row").agg(
        nw.when(~nw.col("latency_s").is_null()).then(1).otherwise(0).max().alias("hit")
    )
    found = talk.engine.collect(opened.select(nw.len().alias("n"), nw.col("hit").sum().alias("k"))).to_pylist()[0]
    return int(found["n"]), (found["k"] or 0) / found["n"] if found["n"] else float("nan")


def answered_share(talk: Any) -> tuple[int, float]:
    """Count all turns owed, and the share of them answered at any time."""
    hit = nw.when(~nw.col("latency_s").is_null()).then(1).otherwise(0)
    turns = talk.turn_frame.filter(~nw.col("is_context")).select(nw.len().alias("n"), hit.sum().alias("k"))
    found = talk.engine.collect(turns).to_pylist()[0]
    return int(found["n"]), (found["k"] or 0) / found["n"] if found["n"] else float("nan")


def nearly_all(n: int, share: float, cut: float = SELECTED) -> bool:
    """Say whether so many were answered that the collection seems to be chosen by its answers."""
    return bool(n >= ENOUGH and share > cut)


def _remarks(corpus: Any, counts: dict[str, int], openings: tuple[int, float]) -> list[str]:
    """Say in words what the counts imply."""
    notes = _selection(counts, openings)
    if not corpus.knows("parent_id"):
        notes.append(
            "The source has no reply links: trees and replies cannot be shown, answers are inferred from mentions."
        )
    elif counts["replies"] == 0:
        notes.append("No post replies to another: nothing was answered, or replies were not collected.")
    elif counts["orphans"] > 0.1 * counts["replies"]:
        notes.append(
            f"{counts['orphans'] / counts['replies']:.0%} of replies have no parent in the corpus: conversations are"
            " cut short and flagged orphan_share."
        )
    notes += _not_fetched(corpus)
    if counts["context_posts"]:
        notes.append(
            "Posts known only as context were chosen because somebody refers to them; they start no turns that count."
        )
    if not corpus.knows("text") or counts["text_missing"] == counts["posts"]:
        notes.append("There is no text: deflection, questions and strategies cannot be measured.")
    if counts["turns_owed"] == 0:
        notes.append("Nobody addresses the measured accounts in this sample: whether they answer cannot be shown.")
    if counts["persons"] == 0 and corpus.sides != "mutual":
        notes.append("The sample holds the measured accounts only: whom they ignore cannot be shown.")
    if corpus.sides == "mutual":
        notes.append(
            "No account has a brand role, so every account is measured against all others; name accounts with focus"
            " to change that."
        )
    return notes if corpus.knows("repost_of_id") else [*notes, "Reposts are not marked by the source."]


def _selection(counts: dict[str, int], openings: tuple[int, float]) -> list[str]:
    """Say whether the collection seems to be chosen by its answers."""
    (n_open, share), n_owed = openings, counts["turns_owed"]
    flagged = "measures of answering are flagged reply_selected."
    if nearly_all(n_open, share):
        return [
            f"{share:.1%} of the {n_open:,} approaches that open a thread are answered: this collection seems to be"
            f" made of answered threads; {flagged}"
        ]
    if n_owed and nearly_all(n_owed, counts["turns_answered"] / n_owed):
        return [
            f"{counts['turns_answered'] / n_owed:.1%} of the {n_owed:,} turns owed are answered: this collection seems"
            f" to be chosen by its answers; {flagged}"
        ]
    return []


def _not_fetched(corpus: Any) -> list[str]:
    """Say how many comments the source only counts."""
    n = int(corpus.repairs.set_index("rule")["n"].get("more_not_expanded", 0))
    return [f"{n:,} comments stand behind 'more' in the source and were not fetched: trees are cut short."] if n else []
