"""Turns owed by plain loops over posts, written from the definition and from nothing else."""

from __future__ import annotations

from collections import defaultdict

import pandas as pd

GAP, HORIZON = pd.Timedelta(hours=24), pd.Timedelta(days=7)


def count_turns_by_hand(posts: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    """Find each person's turns owed by each organization, and the first answer by reply link and by mention alone."""
    owner = accounts.set_index("account_id")["organization"].dropna().to_dict()
    role = accounts.set_index("account_id")["role"].to_dict()
    by_handle = {
        handle.lower(): account for handle, account in zip(accounts["handle"], accounts["account_id"], strict=True)
    }
    author = dict(zip(posts["post_id"], posts["account_id"], strict=True))
    approaches, returns = defaultdict(list), defaultdict(list)
    for post in posts.itertuples():
        if isinstance(post.repost_of_id, str):
            continue
        named = post.mentions.split() if isinstance(post.mentions, str) else []
        addressed = {by_handle.get(handle.lower()) for handle in named}
        addressed |= {author.get(post.parent_id), author.get(post.quote_of_id)}
        addressed -= {None, post.account_id}
        if post.account_id in owner:
            for person in addressed:
                if role[person] == "public":
                    returns[person, owner[post.account_id]].append(post)
        elif role[post.account_id] == "public":
            for organization in {owner[account] for account in addressed if account in owner}:
                approaches[post.account_id, organization].append(post)
    rows = [row for key in approaches for row in _turns(key, approaches[key], returns[key])]
    columns = ["person_id", "organization", "post_id", "n_approaches", "strict_answer", "mention_answer"]
    return pd.DataFrame(rows, columns=columns)


def _turns(key, approaches, returns):
    """Split one person's approaches to one organization into turns."""
    events = sorted(
        [(p.created_at, 0, p) for p in approaches] + [(p.created_at, 1, p) for p in returns], key=lambda e: e[:2]
    )
    turns, is_open, last = [], False, None
    for at, is_return, post in events:
        if is_return:
            is_open = False
        elif is_open and at - last <= GAP:
            turns[-1].append(post)
            last = at
        else:
            turns.append([post])
            is_open, last = True, at
    for turn in turns:
        ids, start = {post.post_id for post in turn}, turn[0].created_at
        linked = [(p.created_at, p.post_id) for p in returns if p.parent_id in ids]
        near = [(p.created_at, p.post_id) for p in returns if start <= p.created_at <= start + HORIZON]
        nothing = (None, None)
        yield *key, turn[0].post_id, len(turn), min(linked, default=nothing)[1], min(near, default=nothing)[1]
