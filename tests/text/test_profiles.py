"""Profiles that say who posts, and such that do not."""

from __future__ import annotations

import pyarrow as pa
import pytest

from twoway.text.profiles import profiles_kernel


@pytest.mark.parametrize(
    ("bio", "names"),
    [
        ("Tweets by Ann and Bob.", 1),
        ("Bread since 1908, run by the Marrow family", 1),
        ("Here to help 9-5. Your hosts today: Ann, Bob", 1),
        ("Updates from our social media team. Posts are from the press team", 1),
        ("Official account. ^AB ^KL", 1),
        ("Ann (^AB) and Bob (^BO)", 1),
        ("Bread made by hand, every day", 0),
        ("Official account of the City of Quillmere", 0),
        ("Follow us for posts about bread", 0),
        ("", 0),
        (None, 0),
    ],
)
def test_who_posts_is_named(bio, names):
    batch = pa.record_batch({"row": [7], "bio": pa.array([bio], pa.string())})
    assert profiles_kernel(batch).to_pylist() == [{"row": 7, "names_author": names}]
