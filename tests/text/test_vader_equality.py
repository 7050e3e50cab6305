"""VADER's scores are those of the installed NLTK, to the last bit, on real texts and on texts made to part the two."""

from __future__ import annotations

import zipfile

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vader_salads import EMOTICONS, ODD, PHRASES, RUNS, TRIGGERS, nltk_analyzer, parted, salads

from twoway.text import vader_words as words
from twoway.text.lexicon import APOLOGY_WORDS, LEXICON_SHA256, THANKS_WORDS, lexicon_sha256, read_lexicon, vader_lexicon
from twoway.text.sentiment import vader
from twoway.text.vader_rules import Rules

#: Real texts: customers and brands of many trades.
REAL = (
    "twcs/brand_SpotifyCares_inbound.csv.gz",
    "twcs/head_threads.csv.gz",
    "airline_sentiment_2015/Tweets.csv.gz",
)


@pytest.fixture(scope="module")
def analyzer():
    return nltk_analyzer()


@pytest.fixture(scope="module")
def nltk_lexicon(shared_data) -> str:
    with zipfile.ZipFile(shared_data("nltk/vader_lexicon.zip")) as archive:
        return archive.read("vader_lexicon/vader_lexicon.txt").decode("utf-8")


def scores(texts, without=()):
    return vader(texts, without=without).to_numpy().tolist()


def test_the_words_are_those_of_nltk():
    from nltk.sentiment.vader import VaderConstants as Theirs

    assert {word for word in Theirs.NEGATE if "n't" not in word} == words.NEGATIONS
    pairs = {word for word in Theirs.BOOSTER_DICT if " " in word}
    assert pairs == words.ASIDE_PAIRS
    assert {word: v for word, v in Theirs.BOOSTER_DICT.items() if word not in pairs} == words.BOOSTS
    assert words.IDIOMS == Theirs.SPECIAL_CASE_IDIOMS
    assert set(Theirs.PUNC_LIST) == words.MARKS
    assert (words.CAPITALS, words.NEGATE, words.DAMPEN) == (Theirs.C_INCR, Theirs.N_SCALAR, Theirs.B_DECR)


def test_the_lexicon_is_that_of_nltk(nltk_lexicon):
    assert lexicon_sha256(read_lexicon(nltk_lexicon)) == LEXICON_SHA256
    theirs = nltk_analyzer(nltk_lexicon).lexicon
    assert {word: theirs[word] for word in theirs if word == word.lower()} == vader_lexicon()


@pytest.mark.parametrize("name", REAL)
def test_real_texts(name, shared_data, nltk_lexicon):
    texts = pd.read_csv(shared_data(name), usecols=["text"], dtype=str)["text"].dropna().tolist()
    assert not parted(nltk_analyzer(nltk_lexicon), texts, scores(texts))


@pytest.mark.parametrize("seed", range(4))
def test_mixed_texts(seed, analyzer):
    texts = list(salads(6_000, seed))
    assert not parted(analyzer, texts, scores(texts))


@pytest.mark.parametrize("left_out", [APOLOGY_WORDS, THANKS_WORDS, ("good", "bad", ":)")])
def test_words_left_out_are_words_that_nltk_does_not_know(left_out):
    without = nltk_analyzer({word: v for word, v in vader_lexicon().items() if word not in left_out})
    known = [word for word in left_out if word in vader_lexicon()]
    texts = [f"{text} {known[i % len(known)]} so good" for i, text in enumerate(salads(1_500, seed=9))]
    assert not parted(without, texts, scores(texts, left_out))
    assert scores(texts, left_out) != scores(texts)


def test_other_lexicons(rng):
    """Entries that NLTK's lexicon does not have: of no value, intensifiers, negations, parts of idioms, "but"."""
    kept = sorted(set(vader_lexicon()) - {"kiss", "cut", "hand", "death", "kind", "bad", "ass"})
    own = {word: vader_lexicon()[word] for word in rng.choice(kept, 2_000, replace=False)}
    own |= {
        "train": 0.0,
        "today": 0.0,
        "very": 1.0,
        "hardly": -1.0,
        "not": -0.5,
        "least": 1.2,
        "but": 0.5,
        "mouth": 1.1,
    }
    texts = list(salads(4_000, seed=11, lexicon=own))
    assert not parted(nltk_analyzer(own), texts, list(map(Rules(own).scores, texts)))


TOKENS = st.sampled_from(
    [*TRIGGERS, *EMOTICONS, *ODD, *PHRASES, *RUNS, "good", "terrible", "GREAT", "sad", "very", "hardly"]
)


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(TOKENS, max_size=14).map(" ".join), st.lists(TOKENS).map("".join)))
def test_whatever_hypothesis_thinks_of(text):
    assert not parted(_analyzer(), [text], scores([text]))


def _analyzer(made=[]):  # noqa: B006 - hypothesis refuses fixtures of a function, and one analyzer is enough
    return made[0] if made else made.append(nltk_analyzer()) or made[0]


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "a", "I a .", "!!!", "good", "good!" * 2_000, "very " * 3_000 + "good", "GOOD bad " * 1_500,
        "good " * 2_000 + "but " + "bad " * 2_000, "x" * 50_000, "kind of kind of", "so never so good this good",
    ],
)  # fmt: skip
def test_extremes(text, analyzer):
    assert not parted(analyzer, [text], scores([text]))
