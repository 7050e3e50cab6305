"""Replies of three real brands: signatures found, templates found, and one half for replies dealt at random."""

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from twoway.text.banks import summarize_templates
from twoway.text.duplicates import near_duplicates
from twoway.text.masking import masked_kernel
from twoway.text.specificity import specificity
from twoway.text.templates import template_clusters
from twoway.text.terms import term_weights, terms_kernel


def read(path):
    posts = pl.read_csv(path, infer_schema=False).with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))
    return posts.with_columns(
        person=pl.col("text").str.extract(r"^@(\w+)", 1), group=pl.lit("x"), time=pl.col("tweet_id").cast(pl.Int64)
    )


def joined(posts, kernel):
    batches = posts.select("row", "text").to_arrow().combine_chunks().to_batches()
    return posts.join(
        pl.from_arrow(pa.Table.from_batches([kernel(b) for b in batches])), on="row", maintain_order="left"
    )


@pytest.mark.parametrize(
    ("brand", "signed", "duplicates", "templates"),
    [
        ("SpotifyCares", (0.97, 0.99), (0.40, 0.46), (0.38, 0.47)),
        ("AirAsiaSupport", (0.74, 0.80), (0.21, 0.27), (0.18, 0.23)),
        ("McDonalds", (0.0, 0.001), (0.49, 0.54), (0.43, 0.49)),
    ],
)
def test_signatures_and_templates(shared_data, brand, signed, duplicates, templates):
    posts = read(shared_data(f"twcs/brand_{brand}_outbound.csv.gz"))
    replies = joined(posts, masked_kernel)
    table = replies.to_arrow()
    assert signed[0] <= 1 - replies["agent"].null_count() / replies.height <= signed[1]
    flags = pl.from_arrow(near_duplicates(table)).filter(~pl.col("is_short"))
    assert duplicates[0] <= flags["is_duplicate"].mean() <= duplicates[1]
    (single,) = summarize_templates(template_clusters(table)).to_pylist()
    (complete,) = summarize_templates(template_clusters(table, linkage="complete")).to_pylist()
    assert templates[0] <= complete["template_share"] <= single["template_share"] <= templates[1]
    assert complete["largest_diameter"] <= 0.3 + 1e-9 < single["largest_diameter"]


def test_replies_dealt_at_random_are_unspecific(shared_data):
    answers = joined(read(shared_data("twcs/brand_SpotifyCares_outbound.csv.gz")), terms_kernel)
    asked = joined(read(shared_data("twcs/brand_SpotifyCares_inbound.csv.gz")), terms_kernel)
    weights = term_weights(asked["terms"].to_arrow())
    posts = asked.select(
        pl.col("tweet_id").alias("parent"),
        pl.col("author_id").alias("person"),
        pl.col("created_at").str.to_datetime("%a %b %d %H:%M:%S %z %Y").dt.epoch("s").alias("time"),
        pl.col("words").alias("parent_words"),
        pl.col("terms").alias("parent_terms"),
    )
    answers = answers.select("row", "terms", parent="in_response_to_tweet_id", organization="group")
    pairs = answers.join(posts, on="parent").rename({"terms": "reply_terms"})

    def mean(table):
        return float(np.nanmean(specificity(table.to_arrow(), weights)["auc"].to_numpy()))

    assert 0.54 < mean(pairs) < 0.58
    rng = np.random.default_rng(7)
    dealt = [pairs.with_columns(pairs["reply_terms"].gather(rng.permutation(pairs.height))) for _ in range(10)]
    assert np.mean([mean(table) for table in dealt]) == pytest.approx(0.5, abs=0.01)
