"""The commands that code: `code` and `codebooks`."""

from __future__ import annotations

import json

import click

from ..codebooks.book import SCOPES, Codebook
from ..codebooks.chosen import chosen
from ..codebooks.load import list_codebooks, load_codebook
from ..codetable import code
from ..interactions.annotate import annotate
from .options import Reading, named, reading_options
from .sources import open_corpus
from .warned import warnings_told
from .words import many
from .writing import FILE_HELP, writer

__all__ = ["code_command", "codebooks_command"]

CODE_EXAMPLES = """\b
Examples:
  twoway code town_square --codebook resolution
  twoway code twcs.csv --codebook resolution --codebook destination -o codes.csv
  twoway code inbound.csv outbound.csv --codebook tone,voice -o codes.parquet
  twoway code posts.csv --focus cityhall --codebook my.toml

The table has one row for every label of a codebook and every post it applies to: post_id, codebook, version, label,
value (1 or 0), coder. Posts whose text was not collected have no rows. 'twoway codebooks' lists the bundled codebooks,
'twoway codebooks tone' shows the definitions, examples and rules of one; write yours in the same form (twoway codebooks
tone --toml > my.toml)."""

BOOKS_EXAMPLES = """\b
Examples:
  twoway codebooks
  twoway codebooks resolution
  twoway codebooks my.toml
  twoway codebooks resolution --toml > my.toml     a copy to change"""


@click.command("code", epilog=CODE_EXAMPLES, short_help="Which post says what, by the rules of a codebook.")
@reading_options
@click.option(
    "--codebook",
    "books",
    multiple=True,
    metavar="NAME",
    help="Bundled codebook, or a TOML file of yours; repeat it, or separate by commas. All bundled ones if left out.",
)
@click.option("-o", "--output", metavar="FILE", help=FILE_HELP)
def code_command(reading: Reading, books: tuple[str, ...], output: str | None) -> None:
    """Code posts by the rules of codebooks and give a long table of codes.

    SOURCE is a file, a folder, a pattern, a zip archive, or the name of a bundled corpus such as town_square.
    """
    # Ask for what may be misspelled before anything is read, so that a slip costs no time.
    write = writer(output)
    with warnings_told():
        asked = chosen(named(books, "--codebook") or list_codebooks(), "--codebook")
    corpus = open_corpus(reading)
    talk = annotate(corpus, codebooks=asked)
    table = code(talk, asked)
    write(table)
    n_coded = table.groupby("codebook", observed=True)["post_id"].nunique()
    in_force = [talk.coding.book(book.name) for book in asked]
    said = "; ".join(f"{book.stamp} on {many(int(n_coded.get(book.name, 0)), 'post')}" for book in in_force)
    click.echo(f"twoway: {many(corpus.n_posts, 'post')}; {said}", err=True)


@click.command("codebooks", epilog=BOOKS_EXAMPLES, short_help="All codebooks, or the labels and rules of one.")
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Write JSON instead of text.")
@click.option("--toml", "as_toml", is_flag=True, help="Write the codebook's own file.")
def codebooks_command(name: str | None, as_json: bool, as_toml: bool) -> None:
    """List the codebooks, or show the labels of one: definition, examples, rule.

    NAME is a bundled codebook, or a TOML file of yours, which is checked at the same time, its examples too.
    """
    with warnings_told():
        books = [load_codebook(each) for each in ([name] if name is not None else list_codebooks())]
    if as_toml:
        click.echo("\n".join(book.text for book in books), nl=False)
    elif as_json:
        click.echo(json.dumps([_facts(book) for book in books], indent=1, ensure_ascii=False))
    elif name:
        click.echo(_shown(books[0]))
    else:
        click.echo("\n".join(f"{book.name:<14} {book.title}" for book in books))


def _facts(book: Codebook) -> dict[str, object]:
    labels = book.to_frame().reset_index().to_dict("records")
    return {
        "name": book.name,
        "version": book.version,
        "hash": book.hash,
        "language": book.language,
        "applies_to": book.applies_to,
        "exclusive": book.exclusive,
        "about": " ".join(book.about.split()),
        "labels": labels,
    }


def _shown(book: Codebook) -> str:
    how = "exactly one label" if book.is_exhaustive else "one label at most"
    how = f"{how} a post, the first that applies" if book.exclusive else "any number of labels a post"
    lines = [book.stamp, "", " ".join(book.about.split()), "", f"Codes {SCOPES[book.applies_to]}; {how}."]
    for label in book.labels:
        lines += ["", f"{label.name}: {label.definition}"]
        lines += [f"  yes: {text}" for text in label.positive] + [f"  no:  {text}" for text in label.negative]
        lines += [f"  rule: {' '.join(label.rule.text.split())}"]
    return "\n".join(lines)
