"""Every bundled codebook keeps its own word: its examples get the labels they are given for."""

from __future__ import annotations

import polars as pl
import pytest

from twoway.codebooks.book import Codebook
from twoway.codebooks.kernel import coded, column_of
from twoway.codebooks.load import list_codebooks, load_codebook, parse_codebook
from twoway.errors import TwowayError

BOOKS = list_codebooks()


def codes_of(book: Codebook, texts: list[str]) -> dict[str, list[bool]]:
    frame = pl.DataFrame({"row": range(len(texts)), "text": texts}, schema={"row": pl.Int64, "text": pl.String})
    found = coded(frame, [book], {}).sort("row")
    return {name: found[column_of(book, name)].to_list() for name in book.label_names}


@pytest.mark.parametrize("name", BOOKS)
def test_examples_of_each_label_get_it(name: str) -> None:
    book = load_codebook(name)
    for label in book.labels:
        assert label.positive, f"{name}: label '{label.name}' shows no example"
        got = codes_of(book, list(label.positive))[label.name]
        wrong = [text for text, holds in zip(label.positive, got, strict=True) if not holds]
        assert not wrong, f"{name}: '{label.name}' misses its own examples {wrong}"


@pytest.mark.parametrize("name", BOOKS)
def test_counter_examples_of_each_label_do_not_get_it(name: str) -> None:
    book = load_codebook(name)
    for label in book.labels:
        got = codes_of(book, list(label.negative))[label.name]
        wrong = [text for text, holds in zip(label.negative, got, strict=True) if holds]
        assert not wrong, f"{name}: '{label.name}' takes its counter-examples {wrong}"


@pytest.mark.parametrize("name", BOOKS)
def test_exclusive_codebooks_give_one_label_where_something_is_said(name: str) -> None:
    book = load_codebook(name)
    texts = [text for label in book.labels for text in label.positive] + ["?!", "ok", "👍", "@ann hm"]
    if book.exclusive:
        assert {sum(row) for row in zip(*codes_of(book, texts).values(), strict=True)} == {1}
        assert ("exactly one of" in str(book)) == (name != "resolution")


@pytest.mark.parametrize("text", ["", " ", "@ann", "@ann @bob ", "@ann .", "@ann ...", "@ann ^JB", "\u200b", "— _ —"])
def test_a_reply_in_which_nothing_stands_acknowledges_nothing(text: str) -> None:
    for name in ("resolution", "destination", "care"):
        assert not any(holds for (holds,) in codes_of(load_codebook(name), [text]).values()), name


@pytest.mark.parametrize(
    ("text", "invites"),
    [
        ("My favourite flavour is ____", True),
        ("____ is the best part of the morning!", True),
        ('I would rather eat "_____" than soup.', True),
        ("On Sundays we go to _ _ _ _.", True),
        ("What is better than a ___ &___ to end the day", True),
        ("Soup\n__________\nBread and butter", False),
        ("Soup of the day ______________________________ Bread and butter", False),
        ("______________", False),
        ("Hello @_____x how are you", False),
        ("Thanks to ___anna for the photo", False),
        ("This is _very_ __good__ bread", False),
        ("The file my___file is here -___-", False),
        ("RT if you love ____", False),
    ],
)
def test_a_gap_among_words_invites_to_fill_it(text: str, invites: bool) -> None:
    assert codes_of(load_codebook("questions"), [text])["invitation"] == [invites]
    assert codes_of(load_codebook("pr_model"), [text])["solicits"] == [invites]


def test_the_last_label_of_a_codebook_takes_what_is_left_by_the_rule_true_alone() -> None:
    head = 'name = "mine"\nversion = "1"\napplies_to = "all"\nexclusive = true\n[patterns]\nyes = "yes"\nmark = "[!]"\n'
    labels = '[[labels]]\nname = "{}"\ndefinition = "d"\nrule = "{}"\n'
    for rule, rest in (("True", [False, True, True]), ("mark", [False, True, False])):
        book = parse_codebook(head + labels.format("yes", "yes") + labels.format("rest", rule), "mine.toml")
        assert codes_of(book, ["Yes!", "No!", "No."]) == {"yes": [True, False, False], "rest": rest}
        assert ("one at most of" in str(book)) == (rule == "mark")


@pytest.mark.parametrize("name", BOOKS)
def test_a_codebook_says_what_it_is(name: str) -> None:
    book = load_codebook(name)
    assert book.name == name
    assert book.about.strip()
    assert book.version
    assert len(book.hash) == 8
    assert book.hash in str(book)


SCORED = """
name = "mine"
version = "1"
applies_to = "brand"
asides = ["thanks"]
[numbers]
needed = 3
[patterns]
thanks = 'thank you[^.]*'
clock = '\\d'
[core]
opening = 'open'
[sentences]
opens = "opening"
[scores.facts]
opens = 2
"matches(clock) >= 2" = 2
"2 * words(opens) > 3" = -1
[[labels]]
name = "fact"
definition = "Says a fact."
rule = "facts >= needed"
"""


def test_scores_add_up_weights_of_what_holds_outside_asides() -> None:
    book = parse_codebook(SCORED, "mine.toml")
    texts = ["Open 9 to 5.", "Open 9 to 5 and weekends also.", "Thank you for the open day 9 to 5.", "Open at 9."]
    # 2 + 2; 2 + 2 - 1; 2 for the digits only, since the opening is an aside; 2.
    assert codes_of(book, texts)["fact"] == [True, True, False, False]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("opens = 2", 'opens = "two"', "The weight of 'opens' is no number"),
        ("opens = 2", "closes = 2", "'closes' is not a known name in a rule"),
        ('["thanks"]', '["thank"]', "'thank' is not a known pattern"),
        ("facts >= needed", "opening", "'opening' is not a known name in a rule"),
    ],
)
def test_what_is_wrong_in_a_score_or_an_aside_is_named(old: str, new: str, message: str) -> None:
    with pytest.raises(TwowayError, match=message):
        parse_codebook(SCORED.replace(old, new), "mine.toml")


def every_example() -> list[str]:
    labels = [label for name in BOOKS for label in load_codebook(name).labels]
    return [text for label in labels for text in (*label.positive, *label.negative)]


@pytest.mark.parametrize(
    ("label", "of", "parts"),
    [
        ("pr_model solicits", "questions", ("question", "invitation", "poll")),
        ("dialogic asks_question", "questions", ("question", "invitation", "poll")),
        ("pr_model promotional", "offers", ("offer", "buy", "price", "coupon", "contest")),
    ],
)
def test_asking_and_selling_mean_the_same_in_all_codebooks(label: str, of: str, parts: tuple[str, ...]) -> None:
    texts = every_example()
    name, what = label.split()
    found = codes_of(load_codebook(of), texts)
    wanted = [any(found[part][i] for part in parts) for i in range(len(texts))]
    assert codes_of(load_codebook(name), texts)[what] == wanted
    assert sum(wanted) > 10


@pytest.mark.parametrize("name", ["ica", "content"])
def test_what_sells_is_of_the_class_that_sells(name: str) -> None:
    texts = [*load_codebook("offers").labels[0].positive, *load_codebook("offers").labels[3].positive]
    assert all(codes_of(load_codebook(name), texts)["action" if name == "ica" else "promotion"])


USING = """
name = "mine"
version = "1"
applies_to = "brand"
uses = ["offers"]
[patterns]
deal = 'handshake'
[[labels]]
name = "sells"
definition = "Sells, or shakes hands."
rule = "{offer} or {price}"
"""


def test_a_label_stands_on_labels_of_a_codebook_it_uses_and_own_names_come_first() -> None:
    texts = ["A handshake.", "Two pizzas for $12.", "Get 20% off all boots until Sunday."]
    assert codes_of(parse_codebook(USING, "mine.toml"), texts)["sells"] == [True, True, False]
    with pytest.raises(TwowayError, match="'refer' is not a known label of a codebook that is used"):
        parse_codebook(USING.replace("{price}", "{refer}"), "mine.toml")
