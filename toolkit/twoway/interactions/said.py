"""What the measured accounts posted: one row a unit, with its kind, to whom it speaks, and what it does."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from ..engine import Engine, Frame
from .episodes import outcome_rank

__all__ = ["KINDS", "said_table"]

#: Kinds of a unit; exactly one holds for each.
KINDS = ("original", "mention", "reply", "repost", "quote", "intra_brand")

_FLAGS = ("has_text", "has_url", "has_hashtag", "has_at", "is_legacy_repost")


def _flag(rule: nw.Expr) -> nw.Expr:
    return nw.when(rule.fill_null(value=False)).then(1).otherwise(0).cast(nw.Int8)


def _post_marks(posts: Frame, accounts: Frame, mentions: Frame) -> Frame:
    """Mark every post of a measured account: what it is, and whether it speaks to a person."""
    own = accounts.filter(nw.col("is_focal")).select("account_ix", "org_ix")
    said = posts.filter(~nw.col("is_context") & ~nw.col("is_private")).join(own, on="account_ix", how="inner")
    for prefix in ("parent", "quote", "repost"):
        side = accounts.select(
            nw.col("account_ix").alias(f"{prefix}_ix"),
            nw.col("org_ix").alias(f"{prefix}_org"),
            nw.col("is_public").alias(f"{prefix}_public"),
        )
        said = said.join(side, on=f"{prefix}_ix", how="left")
    named = mentions.join(said.select("row", "account_ix", "org_ix", "parent_ix"), on="row", how="inner")
    target = accounts.select(
        nw.col("account_ix").alias("target_ix"), nw.col("org_ix").alias("_org"), nw.col("is_public").alias("_public")
    )
    named = named.join(target, on="target_ix", how="left").filter(
        nw.coalesce("target_ix", nw.lit(-1)) != nw.col("account_ix")
    )
    # A handle that is not among the accounts belongs to somebody outside: a person, as far as the corpus can tell.
    to_person = nw.coalesce(_flag(nw.col("_public") & (nw.col("_org").fill_null(-1) != nw.col("org_ix"))), nw.lit(0))
    to_person = nw.when(nw.col("target_ix").is_null()).then(1).otherwise(to_person)
    # Whom the post replies to is none of the others.
    to_others = nw.coalesce(nw.col("target_ix"), nw.lit(-1)) != nw.coalesce(nw.col("parent_ix"), nw.lit(-2))
    named = named.with_columns(_to=to_person).with_columns(_other=_flag((nw.col("_to") == 1) & to_others))
    sums = named.group_by("row").agg(
        nw.len().alias("n_named"),
        nw.col("_to").max().alias("names_person"),
        nw.col("_other").cast(nw.Int64).sum().alias("n_others"),
    )
    return said.join(sums, on="row", how="left")


def said_table(
    engine: Engine,
    posts: Frame,
    accounts: Frame,
    mentions: Frame,
    tree: Frame,
    merged: Frame,
    marks: Frame,
    orders: Frame,
) -> Frame:
    """Build the table of units by measured accounts.

    Returns
    -------
    Frame
        `row, account_ix, org_ix, at_s, kind_*` (exactly one is 1)`, is_directed, is_directed_reply, is_repost,
        has_text` (the text of one of its posts is known)`, has_url, has_hashtag,
        legacy_original, legacy_reply, legacy_repost, is_intro` (speaks to one person and names another)`, is_spot`
        (passes on a person's post)`, n_words, outcome, order, is_order_known, root` per unit.
    """
    said = _post_marks(posts, accounts, mentions)
    said = said.join(marks.select("row", *_FLAGS, "n_words", "resolution"), on="row", how="left")
    said = said.join(merged, on="row", how="left").with_columns(unit=nw.coalesce("unit_row", "row"), **_post_flags())
    summed = ["_reply", "_intra", "_quote", "_repost", "_named", "is_directed_reply", "is_directed", "outcome"]
    summed += ["is_intro", "is_spot", *_FLAGS]
    units = said.group_by("unit").agg(
        *[nw.col(name).min() for name in ("account_ix", "org_ix")],
        nw.col("created_s").min().alias("at_s"),
        *[nw.col(name).max() for name in summed],
        nw.col("n_words").sum(),
    )
    units = units.rename({"unit": "row"}).join(orders, on="row", how="left")
    units = units.join(tree.select("row", "root"), on="row", how="left").with_columns(root=nw.coalesce("root", "row"))
    return engine.materialize(_with_kinds(units))


def _post_flags() -> dict[str, nw.Expr]:
    """Say of each post what it is, and whether it speaks to a person.

    A parent or a quoted post that is not in the corpus counts as a person's.
    """
    other = ~nw.col("parent_id_given").is_null() & ~nw.col("is_self_reply")
    sister = other & (nw.col("parent_org") == nw.col("org_ix")).fill_null(value=False)
    to_person = other & ~sister & nw.col("parent_public").fill_null(value=True)
    of_other = nw.coalesce("quote_ix", nw.lit(-1)) != nw.col("account_ix")
    outside = nw.col("quote_org").fill_null(-1) != nw.col("org_ix")
    quotes_person = nw.col("is_quote") & of_other & nw.col("quote_public").fill_null(value=True) & outside
    talks = ~nw.col("is_repost")
    own = nw.coalesce("repost_ix", nw.lit(-1)) == nw.col("account_ix")
    sisters = (nw.col("repost_org") == nw.col("org_ix")).fill_null(value=False)
    reposts_person = nw.col("is_repost") & ~own & ~sisters & nw.col("repost_public").fill_null(value=True)
    # Two persons in all. Without the parent it cannot be told which of the handles is whom the post replies to.
    answers = (other & ~sister & nw.col("parent_public")).fill_null(value=False)
    enough = nw.when(answers).then(1).otherwise(2)
    return {
        "is_intro": _flag(talks & (nw.col("n_others") >= enough)),
        "is_spot": _flag(quotes_person | reposts_person),
        "_reply": _flag(other & ~sister),
        "_intra": _flag(sister),
        "_quote": _flag(nw.col("is_quote")),
        "_repost": _flag(nw.col("is_repost")),
        "_named": _flag(nw.col("n_named") > 0),
        "outcome": outcome_rank(),
        "is_directed_reply": _flag(to_person & talks),
        "is_directed": _flag((to_person | quotes_person | (nw.col("names_person") == 1)) & talks),
        **{name: _flag(nw.col(name)) for name in _FLAGS},
    }


def _with_kinds(units: Frame) -> Frame:
    """Put every unit into one kind, and apply the text-only rule beside it."""
    yes = {name: nw.col(f"_{name}") == 1 for name in ("reply", "intra", "quote", "repost", "named")}
    taken = yes["repost"]
    kinds = {"kind_repost": yes["repost"]}
    for name, rule in (
        ("reply", yes["reply"]),
        ("intra_brand", yes["intra"]),
        ("quote", yes["quote"]),
        ("mention", yes["named"]),
    ):
        kinds[f"kind_{name}"] = rule & ~taken
        taken = taken | rule
    kinds["kind_original"] = ~taken
    legacy = nw.col("is_legacy_repost") == 1
    at = nw.col("has_at") == 1
    kinds |= {
        "legacy_repost": legacy,
        "legacy_reply": at & ~legacy,
        "legacy_original": ~at & ~legacy,
        "is_repost": yes["repost"],
    }
    return units.with_columns(**{name: _flag(rule) for name, rule in kinds.items()}).drop(*[f"_{name}" for name in yes])
