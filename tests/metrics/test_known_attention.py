"""Values worked on paper for attention: who is spoken to unasked, and whether followers matter (B12, B13)."""

from __future__ import annotations

import math

import pytest
from handmade import post, tables

TOLERANCE = 1e-4
DAY = 24 * 60  # minutes


def close(value, expected):
    return value == pytest.approx(expected, abs=TOLERANCE, nan_ok=True)


# --- B12 ---


def twenty_directed(late):
    """Return 17 answers, 2 to questions that were put to nobody, 1 word to a person who asked `late` days before."""
    rows = [post("d", "dee", 0, "@brand hello")]
    for i in range(17):
        rows += [
            post(f"q{i:02}", f"person{i}", 40 * DAY + i, "@brand is it open?"),
            post(f"p{i:02}", "brand", 40 * DAY + 100 + i, f"@person{i} yes", f"q{i:02}"),
        ]
    rows += [post("x1", "bob", 40 * DAY, "which router is good?"), post("x2", "cyd", 40 * DAY, "any good cafe here?")]
    rows += [post("y1", "brand", 41 * DAY, "ours is", "x1"), post("y2", "brand", 41 * DAY + 1, "here we are", "x2")]
    rows += [post("y3", "brand", late * DAY, "@dee try our new router")]
    # Its class is unknown: the post answered is missing.
    rows += [post("z1", "brand", 42 * DAY, "@dee sure", "gone")]
    names = ["bob", "cyd", "dee", *[f"person{i}" for i in range(17)]]
    return tables(rows, {"brand": "official", **dict.fromkeys(names, "public")})


def test_three_of_twenty_unasked(measured):
    found = measured(*twenty_directed(late=31))
    assert close(found["brand", "proactive_share"], 0.15)
    assert close(found["brand", "proactive_helpful_share"], 0.10)


def test_who_asked_less_than_thirty_days_ago_is_no_stranger(measured):
    found = measured(*twenty_directed(late=29))
    assert close(found["brand", "proactive_share"], 0.10)
    assert close(found["brand", "proactive_helpful_share"], 0.10)


def test_a_word_to_somebody_who_never_posts_is_unasked(measured):
    rows = [post("q", "ann", 0, "@brand open?"), post("p", "brand", 60, "@ann yes", "q")]
    rows.append(post("s", "brand", DAY, "@stranger hello"))
    found = measured(*tables(rows, {"brand": "official", "ann": "public"}))
    assert close(found["brand", "proactive_share"], 0.5)
    assert close(found["brand", "proactive_helpful_share"], 0.0)


def test_one_acquaintance_is_enough(measured):
    # Ann asked, Bob did not: a post to both is no cold call.
    rows = [post("q", "ann", 0, "@brand open?"), post("p", "brand", DAY, "@ann @bob we open now")]
    found = measured(*tables(rows, {"brand": "official", "ann": "public", "bob": "public"}))
    assert close(found["brand", "proactive_share"], 0.0)


def test_quoting_is_addressing(measured):
    rows = [
        post("p0", "brand", 0, "news"),
        post("q", "ann", 60, "well well", quote_of_id="p0"),
        post("p1", "brand", 120, "what do you mean?", "q"),
    ]
    found = measured(*tables(rows, {"brand": "official", "ann": "public"}))
    assert close(found["brand", "proactive_share"], 0.0)


# --- B13 ---


def asked_by(followers, answered):
    """Return one turn a person with so many followers, answered or not, a month before the end."""
    rows = [post(f"q{i:02}", f"person{i:02}", i, "@brand open?") for i in range(len(followers))]
    rows += [post(f"p{i:02}", "brand", 100 + i, "yes", f"q{i:02}") for i, done in enumerate(answered) if done]
    rows += [post("end", "brand", 30 * DAY, "good night")]
    names = [f"person{i:02}" for i in range(len(followers))]
    posts, accounts = tables(rows, {"brand": "official", **dict.fromkeys(names, "public")})
    return posts, accounts.assign(n_followers=[None, *followers])


def test_only_the_more_followed_half_is_answered(measured):
    # Ranks 1/8, 3/8, 5/8, 7/8: covariance with 0, 0, 1, 1 is 1/8, so C = 2/8 / (1/2) and E = 4 x 1/2 x C.
    found = measured(*asked_by([10, 20, 30, 40], [0, 0, 1, 1]))
    assert close(found["brand", "follower_concentration"], 0.50)
    assert close(found["brand", "follower_erreygers"], 1.0)
    # A tenth of four persons is one: of the two answers one is theirs.
    assert close(found["brand", "top_followed_share"], 0.5)


def test_only_the_less_followed_half_is_answered(measured):
    found = measured(*asked_by([40, 30, 20, 10], [0, 0, 1, 1]))
    assert close(found["brand", "follower_concentration"], -0.50)
    assert close(found["brand", "follower_erreygers"], -1.0)
    assert close(found["brand", "top_followed_share"], 0.0)


def test_ties_share_the_middle_rank(measured):
    # Ranks 1/8, 4/8, 4/8, 7/8 with answers 0, 0, 1, 1: covariance 1/2 (11/8 - 1) / 2 = 3/32; C = 3/8, E = 3/4.
    found = measured(*asked_by([10, 20, 20, 40], [0, 0, 1, 1]))
    assert close(found["brand", "follower_concentration"], 3 / 8)
    assert close(found["brand", "follower_erreygers"], 3 / 4)


def test_odds_for_ten_times_the_followers(measured):
    # 6 of 10 with 9 followers, 9 of 10 with 99: odds 1.5 and 9, six times: a log odds ratio of 1.7918.
    found = measured(*asked_by([9] * 10 + [99] * 10, [1] * 6 + [0] * 4 + [1] * 9 + [0]))
    assert found["brand", "follower_odds_ratio"] == pytest.approx(6.0, rel=1e-4)
    assert math.log(found["brand", "follower_odds_ratio"]) == pytest.approx(1.7918, abs=1e-4)
    # The top tenth are two persons, but ten tie there: nine of fifteen answers are theirs.
    assert close(found["brand", "top_followed_share"], 0.6)


def test_odds_among_posts_of_one_length(measured):
    # Short posts: 2 of 4 and 3 of 4; long ones: 1 of 4 and 2 of 4. Log odds 0, ln 3 and -ln 3, 0: ln 3 in each row.
    followers = ([9] * 4 + [99] * 4) * 2
    posts, accounts = asked_by(followers, [1, 1, 0, 0, 1, 1, 1, 0, 1, 0, 0, 0, 1, 1, 0, 0])
    long = posts["post_id"].isin([f"q{i:02}" for i in range(8, 16)])
    posts.loc[long, "text"] = "@brand I should like to know if you open today and when?"
    found = measured(posts, accounts)
    assert found["brand", "follower_odds_ratio"] == pytest.approx(3.0, rel=1e-4)


def test_followers_at_the_time_of_the_post_come_first(measured):
    posts, accounts = asked_by([10, 20, 30, 40], [0, 0, 1, 1])
    turned = {"q00": 400, "q01": 300, "q02": 200, "q03": 100}
    posts["n_followers"] = posts["post_id"].map(turned)
    assert close(measured(posts, accounts)["brand", "follower_concentration"], -0.50)


def test_followers_that_nobody_counted(measured):
    posts, accounts = asked_by([None] * 4, [0, 0, 1, 1])
    found = measured(posts, accounts)
    for name in ("follower_concentration", "follower_erreygers", "follower_odds_ratio", "top_followed_share"):
        assert close(found["brand", name], math.nan), name


def test_bystanders(measured):
    # Alone 6 of 10 are answered, 1 of 4 of those who also name another organization: (1/4) / (6/10).
    rows = [post(f"q{i:02}", f"person{i:02}", i, "@brand open?") for i in range(10)]
    rows += [post(f"q{i:02}", f"person{i:02}", i, "@brand @other open?") for i in range(10, 14)]
    rows += [post(f"p{i:02}", "brand", 100 + i, "yes", f"q{i:02}") for i in [*range(6), 10]]
    rows += [post("end", "brand", 30 * DAY, "good night")]
    roles = {"brand": "official", "other": "official", **{f"person{i:02}": "public" for i in range(14)}}
    found = measured(*tables(rows, roles))
    assert close(found["brand", "bystander_ratio"], 0.25 / 0.6)
    assert close(found["other", "bystander_ratio"], math.nan), "nobody addressed the other one alone"
