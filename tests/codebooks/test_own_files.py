"""Files of codebooks as people write them: what is refused with which words, and which words of a post are found."""

from __future__ import annotations

import unicodedata

import polars as pl
import pytest
from own_books import BOOK, EXAMPLES

import twoway as tw
from twoway.codebooks.kernel import coded
from twoway.codebooks.load import load_codebook, parse_codebook
from twoway.errors import FormatError, TwowayError, TwowayWarning


def refused(old, new, book=BOOK):
    assert old in book
    with pytest.raises(TwowayError) as caught:
        parse_codebook(book.replace(old, new, 1), "mine.toml")
    assert "mine.toml" in str(caught.value)
    return str(caught.value)


def found(words, texts):
    """Which texts a list of words is found in."""
    book = parse_codebook(BOOK.replace('["late"]', repr(words)), "mine.toml")
    frame = pl.DataFrame({"row": range(len(texts)), "text": texts})
    return coded(frame, [book], {}).sort("row")["mine__late"].to_list()


def corpus_of(text):
    posts = pl.DataFrame({"post_id": ["1"], "account_id": ["shop"], "created_at": [0], "text": [text]})
    return tw.Corpus(posts, pl.DataFrame({"account_id": ["shop"], "role": ["official"]}))


# -- words -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("words", "what"), [("[]", "is empty"), ('[" "]', "without a word, ' '"), ('["*"]', "'*'")])
def test_a_list_that_would_match_every_post_is_refused(words, what):
    told = refused('["late"]', words)
    assert told.startswith("The list of words 'late'")
    assert what in told
    assert "It stands in mine.toml, [words]." in told


@pytest.mark.parametrize(
    ("word", "hits", "misses"),
    [
        ("#fail", ["what a #fail", "(#FAIL)"], ["#failure", "what a fail"]),
        ("👍", ["👍", "ok👍ok", "👍🏽"], ["ok"]),
        ("❤️", ["we ❤️ it", "we ❤ it"], ["we love it"]),
        (":(", ["oh :(", "oh:((", ":( again"], [":)"]),
        ("£", ["only £5", "5 £ only"], ["5 $"]),
        ("c++", ["I write C++.", "c++ and c"], ["c+ and c", "ac++"]),
        ("@delta", ["hey @Delta, late again"], ["hey @deltaforce", "delta"]),
        ("退款", ["我要退款", "退款"], ["我要退"]),
        ("退款*", ["我要退款了"], ["我要退"]),
        ("late", ["too late!", "(late)"], ["later", "plate"]),
        ("well  done", ["Well done", "well\u00a0 done"], ["welldone"]),
        ("can’t", ["I can't", "I can’t", "I canʼt", "I can`t", "i cant"], ["I can"]),
    ],
)
def test_a_word_is_found_whatever_it_begins_and_ends_with(word, hits, misses):
    assert found([word], ["so " + text for text in hits + misses]) == [True] * len(hits) + [False] * len(misses)


def test_words_of_one_list_keep_their_own_ends():
    texts = ["late again", "#late", "plate", "late#"]
    assert found(["late", "#fail", ":("], texts) == [True, True, False, True]


def test_accents_sent_apart_from_their_letters_are_found():
    apart = unicodedata.normalize("NFD", "Der Zug ist verspätet")
    assert apart != unicodedata.normalize("NFC", apart)
    assert found(["verspätet"], [apart, "pünktlich"]) == [True, False]
    assert found([unicodedata.normalize("NFD", "verspätet")], [apart, "verspätet"]) == [True, True]


@pytest.mark.parametrize("mark", ["?", "？", "؟"])
def test_questions_of_other_scripts_are_questions(mark):
    corpus = corpus_of(f"Which cake should we bake{mark}")
    codes = tw.code(corpus, "questions").set_index("label")["value"]
    assert codes["question"] == codes["ends_in_question"] == 1
    talk = tw.annotate(corpus)
    assert talk.engine.collect(talk.marks).to_pandas()["has_question"].tolist() == [True]


# -- types -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('["late"]', '"late"', "'late' is 'late', but has to be a list of texts. It stands in mine.toml, [words]."),
        ('["late"]', "[1, 2]", "'late' is [1, 2], but has to be a list of texts."),
        ("[words]", 'exclusive = "no"\n[words]', "'exclusive' is 'no', but has to be true or false."),
        (
            "[words]",
            "[patterns]\nx = 5\n[words]",
            "'x' is 5, but has to be a text. It stands in mine.toml, [patterns].",
        ),
        ("[words]", 'sentences = "x"\n[words]', "'sentences' is 'x', but has to be a table."),
        ("[words]", "[scores]\ns = 5\n[words]", "'s' is 5, but has to be a table. It stands in mine.toml, [scores]."),
        ("[words]", '[numbers]\nk = "a"\n[words]', "'k' is 'a', but has to be a number."),
        ("[words]", 'uses = "offers"\n[words]', "'uses' is 'offers', but has to be a list of texts."),
        ('version = "1"', "version = true", "'version' is True, but has to be a text."),
        ('rule = "late"', "rule = 1", "'rule' is 1, but has to be a text. It stands in mine.toml, label 'late'."),
        ("definition", 'positive = "too late"\ndefinition', "'positive' is 'too late', but has to be a list of texts."),
        ("definition", "note = 1\ndefinition", "A label has an entry 'note'."),
        ('name = "late"', 'name = "Too late"', "The label 'Too late' has an odd name."),
        ('rule = "late"', 'rule = ""', "A label lacks rule."),
    ],
)
def test_an_entry_of_another_kind_is_named_with_its_file_and_what_is_expected(old, new, told):
    assert refused(old, new).startswith(told)


@pytest.mark.parametrize("labels", ['"a"', "[1]"])
def test_labels_are_tables(labels):
    head = BOOK.split("[words]")[0]
    assert refused('applies_to = "all"', f'applies_to = "all"\nlabels = {labels}', head).startswith("'labels' is ")


def test_two_labels_of_one_name_are_refused():
    label = BOOK.split("[[labels]]")[1]
    assert refused(label, f"{label}[[labels]]{label}").startswith("Two labels are called 'late'.")


@pytest.mark.parametrize(
    ("rule", "part"),
    [("1", "1"), ("late + 1", "late + 1"), ("late and not matches(late)", "matches(late)"), ("n_words", "n_words")],
)
def test_a_number_is_no_rule(rule, part):
    told = refused('rule = "late"', f'rule = "{rule}"')
    assert f"takes '{part}', a number, for yes or no. It stands in mine.toml, label 'late'." in told
    assert parse_codebook(BOOK.replace('rule = "late"', f'rule = "late and {part} >= 1"'), "mine.toml")


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("(late", "unclosed group"),
        ("(?=late)", "look-around, including look-ahead and look-behind, is not supported"),
        (r"(l)ate\1", "backreferences are not supported"),
        ("", "it is empty and would match every post"),
    ],
)
def test_what_is_wrong_with_a_regex_is_told(pattern, why):
    told = refused("[words]", f"[patterns]\nodd = '{pattern}'\n[words]")
    assert told.startswith(f"The pattern 'odd' is no regex: {why}. It stands in mine.toml, [patterns].")
    assert "look-around (?=...) and back-references \\1 are not supported" in told


# -- files -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path):
    def write(text, name="mine.toml", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write


def test_a_byte_order_mark_does_no_harm(file):
    assert load_codebook(file(BOOK, encoding="utf-8-sig")) == load_codebook(file(BOOK))


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_another_encoding_is_told(file, encoding):
    with pytest.raises(FormatError, match=r"not written in UTF-8 .* mine.toml. Save it as UTF-8 in your editor"):
        load_codebook(file(BOOK.replace("late", "verspätet"), encoding=encoding))


def test_examples_that_the_rules_code_otherwise_are_told(file):
    with pytest.warns(TwowayWarning) as caught:
        load_codebook(file(EXAMPLES))
    (warning,) = caught
    assert str(warning.message) == (
        "The rules code 2 of 4 examples otherwise than mine.toml says: 'late' is not given to its example 'It was "
        "delayed.'; 'late' is given to its counter-example 'Too late?'. Mend the rules or the examples."
    )
    right = EXAMPLES.replace('["late"]', '["late.", "delayed"]')
    assert load_codebook(file(right)).label_names == ("late",)
