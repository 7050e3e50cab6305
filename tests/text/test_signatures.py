"""What closes a reply is a signature, or it is not."""

from __future__ import annotations

import polars as pl
import pytest

from twoway.text.signatures import signatures_of, without_links

SIGNED = [
    ("@ann Please try again. ^JB", "jb", "Please try again."),
    ("Please try again.\n^JB", "jb", "Please try again."),
    ("Try https://a.example/x ^jb", "jb", "Try"),
    ("Sorry for the wait. ^JB https://a.example/y", "jb", "Sorry for the wait."),
    ("Sorry for the wait. ^JB 2/2", "jb", "Sorry for the wait."),
    ("Two parts (1/2) *QB... 1/2", "qb", "Two parts (1/2)"),
    ("We are on it! *MiaHolt", "miaholt", "We are on it!"),
    ("Let us know /LS", "ls", "Let us know"),
    ("Take a look 🙂 / PC", "pc", "Take a look 🙂"),
    ("See you soon. -Mia", "mia", "See you soon."),
    ("See you soon. - Mia B.", "mia b", "See you soon."),
    ("See you soon. -M.B.", "mb", "See you soon."),
    ("See you soon!–MB", "mb", "See you soon!"),
    ("the full address? ~AT", "at", "the full address?"),
    ("Have a great day-Mia", "mia", "Have a great day"),
    ("Thanks- Mar", "mar", "Thanks"),
    ("all good :)-Amie", "amie", "all good :)"),
]
UNSIGNED = [
    "Ask @JB",
    "@ann /@JB",
    "See https://a.example/JB",
    "mail to care@a.example/JB",
    "It is the TX-A",
    "It is the TX-200",
    "part no. *AB12",
    "size M/L",
    "and/Or",
    "open 9am - 5pm - EST",
    "we are here - Thanks",
    "so happy :-D",
    "so happy ;-P",
    "good on! ^^",
    "^_^",
    "this is *really* it",
    "this is it",
    "20-30",
    "",
]


@pytest.mark.parametrize(("text", "name", "body"), SIGNED)
def test_a_signature_is_found_and_taken_off(text, name, body):
    assert signatures_of(without_links(pl.Series([text]))).rows() == [(name, body)]


@pytest.mark.parametrize("text", UNSIGNED)
def test_handles_links_part_numbers_and_smileys_are_no_signatures(text):
    bare = without_links(pl.Series([text]))
    assert signatures_of(bare).rows() == [(None, bare[0])]


def test_rows_stay_in_order():
    texts = pl.Series([text for text, _, _ in SIGNED] + UNSIGNED + [text for text, _, _ in SIGNED])
    names = [name for _, name, _ in SIGNED]
    assert signatures_of(without_links(texts))["name"].to_list() == [*names, *[None] * len(UNSIGNED), *names]


def test_customers_sign_hardly_ever_and_agents_nearly_always(shared_data):
    def share_signed(name):
        texts = pl.read_csv(shared_data(f"twcs/brand_SpotifyCares_{name}.csv.gz"), infer_schema_length=0)["text"]
        return signatures_of(without_links(texts))["name"].is_not_null().mean()

    assert share_signed("inbound") < 0.002
    assert share_signed("outbound") > 0.97


def test_signatures_are_those_that_coders_saw(shared_data):
    codes = pl.read_csv(shared_data("coded_replies/codes.csv"), infer_schema_length=0)
    posts = pl.read_csv(shared_data("twcs/head_threads.csv.gz"), infer_schema_length=0).select("tweet_id", "text")
    coded = codes.join(posts, left_on="reply_tweet_id", right_on="tweet_id", maintain_order="left")
    found = signatures_of(without_links(coded["text"]))["name"].is_not_null()
    signed = coded["is_signed"] == "1"
    assert (found & signed).sum() / found.sum() > 0.98
    # What is missed has no mark at all: a name after the last sentence, or letters at the end of Japanese text.
    assert (found & signed).sum() / signed.sum() > 0.94
