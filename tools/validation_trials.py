"""Posts that people coded, read from the shared data: the trials in which the codebooks stand."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd

from twoway.codebooks.codes import read_codes
from twoway.codebooks.load import list_codebooks, load_codebook

__all__ = ["PEOPLE", "TRIALS", "Trial"]

PEOPLE = ["post_id", "codebook", "label", "value", "coder"]


@dataclass(frozen=True)
class Trial:
    """Texts that people coded.

    Attributes
    ----------
    name, about
        Of the data.
    texts
        Text of each post and codebook: the same post may be read as the reply and as what it answers.
    people
        Codes, long.
    order
        Where people gave one label a post: the first of these that applies stands for it, else the last.
    """

    name: str
    about: str
    texts: dict[str, pd.Series]
    people: pd.DataFrame
    order: tuple[str, ...] = ()


def coded_replies(data: Path) -> Trial:
    """Read the 350 coded replies: two codings of each."""
    codes = pd.read_csv(data / "coded_replies/codes.csv", dtype=str, keep_default_na=False)
    posts = pd.read_csv(data / "twcs/head_threads.csv.gz", dtype=str, keep_default_na=False)
    text = posts.drop_duplicates("tweet_id").set_index("tweet_id")["text"]
    replies = codes.set_index("item")["reply_tweet_id"].map(text)
    asked = codes.set_index("item")["customer_tweet_id"].map(text)
    parts = []
    for coder in "ab":
        columns = {c.removeprefix(f"{coder}_"): codes[c] for c in codes.columns if c.startswith(f"{coder}_")}
        columns["destination"] = codes["destination"]  # settled by hand for both
        sheet = pd.DataFrame(columns).assign(post_id=codes["item"])
        named = {book: book for book in ("resolution", "destination", "tone")}
        flags = {
            "voice": {"signature": "is_signed"},
            "personal_data": {"needs_private": "needs_private"},
            "questions": {"question": "is_question"},
        }
        known = set(list_codebooks())
        asked_for = {**named, **flags}
        books = {book: how for book, how in asked_for.items() if book in known}
        labels = {book: load_codebook(book).label_names for book in named}
        parts.append(read_codes(sheet, codebooks=books, labels=labels, coder=coder, blank_means_none=["destination"]))
    people = pd.concat(parts, ignore_index=True)
    # The places were settled once, by both together: a second coder of them would be an echo.
    people = people[(people["codebook"] != "destination") | (people["coder"] == "a")]
    books = people["codebook"].unique()
    # Whether something is asked was coded of the person's post, though the codebook is one of brands.
    of_posts = {book for book in books if book == "questions" or load_codebook(book).applies_to == "public"}
    texts = {book: asked if book in of_posts else replies for book in books}
    return Trial("coded replies", "350 replies of 36 brands and the posts they answer, coded twice", texts, people)


#: Columns of the labeled brand posts, and the label of ours each means.
OUTBOUND = {
    "Provide URL": ("destination", "web_page"),
    "Request username via DM": ("destination", "dm"),
    "Request email address via DM": ("destination", "dm"),
    "Request to call by phone": ("destination", "phone"),
    "Request to reach out by chat": ("destination", "chat_or_app"),
    "Apologize": ("voice", "apology"),
}


def outbound(data: Path) -> Trial:
    """Read the 200 labeled posts of two brands; what a column does not ask for is left uncoded."""
    texts, rows = {}, []
    for file in ("AmazonHelp", "SpotifyCares"):
        table = pd.read_csv(data / f"twcs/labels_{file}-100-outbound.csv", dtype=str, keep_default_na=False)
        texts |= dict(zip(table["tweet_id"], table["text"], strict=True))
        for target in dict.fromkeys(OUTBOUND.values()):
            columns = [c for c, meant in OUTBOUND.items() if meant == target and c in table]
            if columns and target[1] in load_codebook(target[0]).label_names:
                value = (table[columns] == "1").any(axis=1).astype(float)
                rows += [(post, *target, v, "people") for post, v in zip(table["tweet_id"], value, strict=True)]
    people = pd.DataFrame(rows, columns=PEOPLE).assign(version="")
    about = "100 posts each of AmazonHelp and SpotifyCares; a link given with a message is a link to them"
    return Trial("brand posts by intent", about, dict.fromkeys(people["codebook"].unique(), pd.Series(texts)), people)


def _of_tone(name: str, about: str, ids: pd.Series, texts: pd.Series, truth: dict[str, pd.Series]) -> Trial:
    rows = [
        (post, "tone", label, float(v), "people")
        for label, values in truth.items()
        for post, v in zip(ids, values, strict=True)
    ]
    people = pd.DataFrame(rows, columns=PEOPLE).assign(version="")
    return Trial(name, about, {"tone": pd.Series(texts.to_numpy(), index=ids)}, people)


def airlines(data: Path) -> Trial:
    """Read posts to airlines: negative is held against criticism, positive against praise."""
    table = pd.read_csv(data / "airline_sentiment_2015/Tweets.csv.gz", dtype=str, keep_default_na=False)
    table = table.drop_duplicates("tweet_id")
    mood = table["airline_sentiment"]
    truth = {"criticism": mood == "negative", "praise": mood == "positive", "neutral": mood == "neutral"}
    about = "posts to airlines; their 'negative' also holds plain reports of problems, which are neutral here"
    return _of_tone("airline posts", about, table["tweet_id"], table["text"], truth)


def complaints(data: Path) -> Trial:
    """Read posts with and without a complaint."""
    table = pd.read_csv(data / "complaints_2019/complaints.csv.gz", dtype=str, keep_default_na=False)
    table = table.drop_duplicates("tweet_id")
    about = "posts to companies, complaint or not; a complaint there need not blame"
    return _of_tone("complaints", about, table["tweet_id"], table["text"], {"criticism": table["label"] == "1"})


def customers(data: Path) -> Trial:
    """Read posts to one brand by mood, a hundred of each: negative against criticism, positive against praise."""
    table = pd.read_csv(data / "twcs/labels_AmazonHelp_sentiment_300.csv", dtype=str, keep_default_na=False)
    mood = table["label"]
    truth = {"criticism": mood == "negative", "praise": mood == "positive", "neutral": mood == "neutral"}
    about = "posts to one brand by mood, a hundred of each; many a 'positive' one is a plain thank you or good news"
    return _of_tone("customers of AmazonHelp", about, table["tweet_id"], table["text"], truth)


#: Classes of chat posts, and the label of ours each means; a class without one stands for none.
ACTS = {
    "Greet": "greeting",
    "whQuestion": "wh_question",
    "ynQuestion": "yes_no_question",
    "Bye": "bye",
    "Emotion": "emotion",
    "Statement": "statement",
    "Accept": "accept",
    "Reject": "reject",
    "yAnswer": "answer",
    "nAnswer": "answer",
}


#: Which label stands for a post that has several: the first that applies, and of a post without any the last. Answers
#: are left out: the words of a post alone do not tell that it answers.
ORDER = ("greeting", "bye", "wh_question", "yes_no_question", "accept", "reject", "emotion", "statement")


def chat(data: Path) -> Trial:
    """Read chat posts by dialogue act; yes-no and wh-questions are questions."""
    rows, texts = [], {}
    acts = dict.fromkeys(ACTS.values())
    with zipfile.ZipFile(data / "nltk/nps_chat.zip") as archive:
        for name in sorted(n for n in archive.namelist() if n.endswith(".xml")):
            posts = ElementTree.fromstring(archive.read(name)).iter("Post")
            for i, post in enumerate(posts):
                if post.get("class") != "System":
                    key, act = f"{name}-{i}", ACTS.get(str(post.get("class")))
                    texts[key] = (post.text or "").strip()
                    asks = float(act in {"wh_question", "yes_no_question"})
                    rows.append((key, "questions", "question", asks, "people"))
                    rows += [(key, "acts", label, float(label == act), "people") for label in acts]
    people = pd.DataFrame(rows, columns=PEOPLE).assign(version="")
    about = (
        "posts of chat rooms by dialogue act, often without marks; one act a post there, several here. A classifier"
        " learned from such posts is right in 66.7 % (Bird, Klein & Loper 2009, chapter 6), those of the system among"
        " them, which are left out here"
    )
    return Trial("chat rooms", about, dict.fromkeys(("questions", "acts"), pd.Series(texts)), people, ORDER)


TRIALS: tuple[Callable[[Path], Trial], ...] = (coded_replies, outbound, airlines, complaints, customers, chat)
