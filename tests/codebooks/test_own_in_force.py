"""Codebooks of one's own in force: in the place of bundled ones, several together, and on the command line."""

from __future__ import annotations

import polars as pl
import pytest
from own_books import BOOK, EXAMPLES

import twoway as tw
from twoway.cli.main import main
from twoway.codebooks.load import parse_codebook
from twoway.errors import FormatError, TwowayError


@pytest.fixture
def file(tmp_path):
    def write(text, name="mine.toml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


# -- one in the place of another ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def corpus():
    return tw.load_corpus("twelve_posts")


@pytest.mark.parametrize("name", tw.list_codebooks())
def test_a_codebook_in_the_place_of_a_bundled_one_needs_its_labels(corpus, file, name):
    own = file(BOOK.replace('name = "mine"', f'name = "{name}"'))
    lacking = tw.load_codebook(name).label_names[0]
    with pytest.raises(tw.SchemaError, match=f"'{name}' lacks the labels {lacking}.* such as 'my_{name}'") as caught:
        tw.annotate(corpus, codebooks=own)
    assert "neutral" not in str(caught.value)


@pytest.mark.parametrize(("name", "label"), [("tone", "neutral"), ("questions", "rhetorical")])
def test_a_label_that_nothing_rests_on_may_be_left_out(corpus, name, label):
    head, *labels = tw.load_codebook(name).text.split("[[labels]]")
    kept = [text for text in labels if f'name = "{label}"' not in text]
    own = parse_codebook("[[labels]]".join([head, *kept]), "mine.toml")
    talk = tw.annotate(corpus, codebooks=own)
    assert label not in talk.coding.book(name).label_names


def offers(more="", rule="nothing"):
    labels = "".join(
        f'[[labels]]\nname = "{name}"\ndefinition = "x"\nrule = "{rule}"\n'
        for name in ("offer", "buy", "price", "coupon", "contest")
    )
    head = 'name = "offers"\nversion = "2"\napplies_to = "originals"\n'
    return f"{head}[patterns]\nnothing = 'zzz'\n{more}\n{labels}"


def test_codebooks_that_use_another_use_the_one_of_the_user(file):
    text = "Get 20% off all boots today."
    posts = pl.DataFrame({"post_id": ["1"], "account_id": ["shop"], "created_at": [0], "text": [text]})
    corpus = tw.Corpus(posts, pl.DataFrame({"account_id": ["shop"], "role": ["official"]}))
    sells = [("pr_model", "promotional"), ("ica", "action"), ("content", "promotion")]
    names = [name for name, _ in sells]
    own = tw.annotate(corpus, codebooks=[file(offers())])
    for talk, value in ((tw.annotate(corpus), 1), (own, 0)):
        codes = tw.code(talk, names).set_index(["codebook", "label"])
        assert [codes.loc[label, "value"] for label in sells] == [value] * 3
    assert own.coding.book("pr_model") != tw.load_codebook("pr_model")
    assert own.coding.book("tone") == tw.load_codebook("tone")
    # The version of the codes tells of the rules in force.
    assert tw.code(own, "pr_model")["version"][0] == f"1.0+{own.coding.book('pr_model').hash}"


def test_a_codebook_in_the_place_of_another_may_go_on_from_it(file):
    goes_on = offers(rule="{buy} or nothing").replace("[patterns]", 'uses = ["offers", "pr_model"]\n[patterns]')
    talk = tw.annotate(tw.load_corpus("twelve_posts"), codebooks=file(goes_on))
    assert talk.coding.book("offers").label_names == tw.load_codebook("offers").label_names[:5]


@pytest.mark.parametrize(
    ("more", "rule", "told"),
    [
        ("surprised = 'boo'", "surprised", "The name 'surprised' stands for something else in 'pr_model', which uses"),
        ("[numbers]\nk = 1", "matches(nothing) >= k", "'k' is not a known name in a rule.*'pr_model' uses 'offers' of"),
    ],
)
def test_what_cannot_stand_in_is_told_before_anything_is_measured(corpus, file, more, rule, told):
    with pytest.raises(FormatError, match=told):
        tw.annotate(corpus, codebooks=file(offers(more, rule)))


# -- naming them -------------------------------------------------------------------------------------------------------


def test_one_codebook_need_not_be_a_list(corpus, file):
    talk = tw.annotate(corpus, codebooks=str(file(BOOK)))
    assert set(tw.code(talk, "mine")["codebook"]) == {"mine"}
    assert tw.code(talk, ["tone", "tone"]).equals(tw.code(talk, "tone"))


def test_two_codebooks_of_one_name_are_refused(corpus, file):
    two = [file(BOOK), file(BOOK.replace('["late"]', '["later"]'), "other.toml")]
    for ask in (tw.code, lambda corpus, books: tw.annotate(corpus, codebooks=books)):
        with pytest.raises(FormatError, match="Two codebooks are called 'mine'"):
            ask(corpus, two)


@pytest.mark.parametrize(
    ("given", "told"),
    [([], "No codebook was named"), (5, "int names no codebook"), ([5], "int names no codebook")],
)
def test_what_names_no_codebook_is_refused(corpus, given, told):
    with pytest.raises(TwowayError, match=told):
        tw.code(corpus, given)


def test_a_sheet_needs_a_codebook(corpus, tmp_path):
    with pytest.raises(TwowayError, match="No codebook was named"):
        tw.coding_sheet(corpus, 2, tmp_path / "sheet.csv", codebooks=[])


def test_a_table_is_no_corpus(corpus):
    with pytest.raises(tw.SchemaError, match="DataFrame is no corpus. It was given to code"):
        tw.code(corpus.posts, "tone")


# -- on the command line -----------------------------------------------------------------------------------------------


def test_the_command_line_tells_of_odd_examples_in_one_line(file, capsys):
    path = str(file(EXAMPLES))
    for words in (["codebooks", path], ["code", "twelve_posts", "--codebook", path]):
        assert main(words) == 0
        err = capsys.readouterr().err
        assert err.startswith("twoway: The rules code 2 of 4 examples otherwise than mine.toml says: ")
        assert err.count("The rules code") == 1


def test_the_command_line_names_the_codebooks_in_force(file, capsys):
    path = str(file(offers()))
    assert main(["code", "twelve_posts", "--codebook", path, "--codebook", "pr_model"]) == 0
    book = tw.annotate(tw.load_corpus("twelve_posts"), codebooks=path).coding.book("pr_model")
    assert f" {book.stamp} on " in capsys.readouterr().err


@pytest.mark.parametrize("command", ["code", "measure"])
def test_an_option_without_a_codebook_is_refused(command, capsys):
    assert main([command, "twelve_posts", "--codebook", ""]) == 2
    assert capsys.readouterr().err.startswith("Error: --codebook names nothing.")


def test_two_codebooks_of_one_name_are_refused_in_options(file, capsys):
    two = f"{file(BOOK)},{file(BOOK.replace('late.', 'later.'), 'other.toml')}"
    assert main(["measure", "twelve_posts", "--codebook", two]) == 2
    assert "Two codebooks are called 'mine'. They were given to --codebook together." in capsys.readouterr().err


def test_a_sheet_is_drawn_for_a_codebook_of_ones_own(tmp_path):
    own = tmp_path / "mine.toml"
    label = 'name = "tardy"\ndefinition = "Late."\npositive = ["late again"]\nnegative = ["on time"]\nrule = "late"\n'
    head = 'name = "mine"\nversion = "1"\nlanguage = "en"\napplies_to = "replies"\nexclusive = false\nabout = "Time."\n'
    own.write_text(f'{head}[words]\nlate = ["late"]\n[[labels]]\n{label}', encoding="utf-8")
    sheet = tw.coding_sheet(tw.load_corpus("twelve_posts"), 2, tmp_path / "sheet.csv", codebooks=own)
    assert "mine.tardy" in sheet.sheet.read_text(encoding="utf-8-sig")
    with pytest.raises(tw.SchemaError, match="names no codebook"):
        tw.coding_sheet(tw.load_corpus("twelve_posts"), 2, tmp_path / "other.csv", codebooks=5)
