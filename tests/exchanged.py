"""What measured accounts and persons say to each other, found by plain loops: for the tests of how it is worded."""

from __future__ import annotations

import re
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


def replies(corpus):
    """Return all replies of organizations to persons, also to posts that were not collected: then `parent` is None.

    The person is then whom the reply names first, or nobody known.
    """
    found = exchanges(corpus)[0]
    ids = set(corpus.posts["post_id"])
    sides = {row["account_id"]: row for row in corpus.accounts.to_dict("records")}
    by_handle = {str(side["handle"]).lower(): side for side in sides.values()}
    for post in corpus.posts.to_dict("records"):
        author = sides[post["account_id"]]
        is_lost = not missing(post["parent_id"]) and post["parent_id"] not in ids
        if author["is_focal"] and is_lost and missing(post["repost_of_id"]):
            named = re.match(r"\s*\.?@(\w+)", post["text"])
            person = (
                by_handle.get(named[1].lower(), {"account_id": named[1]}) if named else {"account_id": post["post_id"]}
            )
            told = {
                "account": author["account_id"],
                "organization": author["organization"],
                "post": post,
                "parent": None,
            }
            found.append({**told, "person": person["account_id"]})
    return found
