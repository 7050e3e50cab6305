"""A codebook: labels with definition, examples and rules, as a social scientist reads and writes them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from .logic import Rule

__all__ = ["SCOPES", "Codebook", "Label", "Term"]

#: Posts a codebook can apply to. Reposts are never coded: their words are somebody else's.
SCOPES = {
    "brand": "posts of the measured accounts",
    "replies": "posts of the measured accounts that reply to, quote or name another account",
    "originals": "posts of the measured accounts that neither reply to another account nor open with a handle",
    "public": "posts of the public",
    "all": "all posts",
}


@dataclass(frozen=True)
class Label:
    """One label: what it means, and the rule that gives it."""

    name: str
    definition: str
    positive: tuple[str, ...]
    negative: tuple[str, ...]
    rule: Rule


@dataclass(frozen=True)
class Term:
    """One part of a score: a rule, and the weight with which it counts where it holds."""

    rule: Rule
    weight: float


@dataclass(frozen=True, eq=False)
class Codebook:
    """A versioned set of labels for one question about a post.

    Attributes
    ----------
    name, version, language, about
        What it is; the language is that of the wordings its rules know.
    applies_to
        Which posts it codes: one of `SCOPES`.
    exclusive
        Whether a post gets one label at most: the first whose rule holds, in the order of the labels. A last label
        with the rule `True` takes what is left.
    words
        Lists of words and phrases, by name; `*` stands for the rest of a word, and signs are found as they stand
        (`#fail`, `:(`). Handles that a post opens with are left out of its words: find those in `written`.
    patterns, written
        Regexes by name: on the words of a text, in lower case and without signature, leading handles and addresses of
        links (which read `xurlx`); and on the text as written.
    asides, core
        Regexes of what is cut out of sentences one after the other (`sorry that ...`), and regexes by name on what is
        left of each. Without asides the core of a sentence is the sentence.
    sentences
        Rules of one sentence, by name.
    numbers
        Named numbers that rules compare with.
    scores
        Sums of weighted evidence by name: a rule of the text a term; `words(x)` and `sentences(x)` count as often as
        they find x.
    labels
        In order of precedence. In a rule `{offer}` stands for the rule of that label in a codebook that the file names
        under `uses`, whose words, patterns and sentences it shares.
    uses
        Names of the codebooks whose words, patterns, sentences and labels it uses.
    text, source
        The file's text; and with that of the codebooks it uses, from which the hash is made.
    """

    name: str
    version: str
    language: str
    applies_to: str
    exclusive: bool
    about: str
    words: Mapping[str, tuple[str, ...]]
    patterns: Mapping[str, str]
    written: Mapping[str, str]
    sentences: Mapping[str, Rule]
    numbers: Mapping[str, float]
    labels: tuple[Label, ...]
    scores: Mapping[str, tuple[Term, ...]] = field(default_factory=dict)
    asides: tuple[str, ...] = ()
    core: Mapping[str, str] = field(default_factory=dict)
    uses: tuple[str, ...] = ()
    text: str = field(repr=False, default="")
    source: str = field(repr=False, default="")

    def __eq__(self, other: object) -> bool:
        """Hold two codebooks equal if their files say the same."""
        return isinstance(other, Codebook) and self.source == other.source

    def __hash__(self) -> int:
        """Follow the file's text."""
        return hash(self.source)

    @cached_property
    def hash(self) -> str:
        """The first eight digits of the sha256 of the file's text; stands in every output."""
        return hashlib.sha256(self.source.encode()).hexdigest()[:8]

    @property
    def coded_as(self) -> str:
        """Version and hash, as the column `version` of a table of codes has them: `1.0+3f2a9c01`."""
        return f"{self.version}+{self.hash}"

    @property
    def title(self) -> str:
        """The first sentence of what it is about."""
        return " ".join(self.about.split()).split(". ")[0].rstrip(".") + "."

    @property
    def stamp(self) -> str:
        """Name, version and hash in one word: `tone 1.0 (3f2a9c01)`."""
        return f"{self.name} {self.version} ({self.hash})"

    @property
    def is_exhaustive(self) -> bool:
        """Whether the last label takes whatever the others leave."""
        return self.labels[-1].rule.text.strip() == "True"

    @property
    def label_names(self) -> tuple[str, ...]:
        """Names of the labels in order of precedence."""
        return tuple(label.name for label in self.labels)

    @property
    def rules_of_texts(self) -> tuple[Rule, ...]:
        """Rules of whole texts: those of the labels, and those whose weights add up to a score."""
        terms = [term.rule for score in self.scores.values() for term in score]
        return (*[label.rule for label in self.labels], *terms)

    def to_frame(self) -> pd.DataFrame:
        """Return the labels with definition, examples and rule, a row a label."""
        rows = [
            {
                "label": label.name,
                "definition": label.definition,
                "positive": " | ".join(label.positive),
                "negative": " | ".join(label.negative),
                "rule": label.rule.text.strip(),
            }
            for label in self.labels
        ]
        return pd.DataFrame(rows).set_index("label")

    def __str__(self) -> str:
        """Say in one sentence what it codes."""
        how = "any of" if not self.exclusive else "exactly one of" if self.is_exhaustive else "one at most of"
        return f"Codebook {self.stamp}: {SCOPES[self.applies_to]} get {how} {', '.join(self.label_names)}."

    def _repr_html_(self) -> str:
        from html import escape

        return f"<p>{escape(str(self))} {escape(self.about.strip())}</p>{self.to_frame().to_html(escape=True)}"
