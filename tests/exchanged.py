"""What measured accounts and persons say to each other, found by plain loops: for the tests of how it is worded."""

from __future__ import annotations

from collections import defaultdict

from oracles.load import missing


def exchanges(corpus):
    """Return replies of organizations to persons, and of persons to organizations, as lists of dicts.

    Each has `account` (of the organization), `organization`, `person`, `post` and `parent` (rows of the corpus).
    """
    posts, accounts = corpus.posts, corpus.accounts
    sides = {row["account_id"]: row for row in accounts.to_dict("records")}
    rows = {row["post_id"]: row for row in posts.to_dict("records")}
    answers, reactions = [], []
    for post in rows.values():
        parent = None if missing(post["parent_id"]) else rows.get(post["parent_id"])
        if parent is None or not missing(post["repost_of_id"]):
            continue
        author, asked = sides[post["account_id"]], sides[parent["account_id"]]
        for speaker, other, found in ((author, asked, answers), (asked, author, reactions)):
            if speaker["is_focal"] and other["is_public"]:
                found.append(
                    {
                        "account": speaker["account_id"],
                        "organization": speaker["organization"],
                        "person": other["account_id"],
                        "post": post,
                        "parent": parent,
                    }
                )
    return answers, reactions


def by_unit(rows, level):
    """Group exchanges by account, organization, or all together."""
    groups = defaultdict(list)
    for row in rows:
        groups["all" if level == "corpus" else row[level]].append(row)
    return groups
