"""One self-contained page a corpus: no script, nothing loaded from elsewhere, the same bytes for the same data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup

from ..errors import TwowayError
from ..figures.rows import split_flags
from ..metrics.flags import FLAG_MEANINGS
from ..metrics.registry import get_metric
from ..samples import is_bundled
from ..talks import talk_of
from ..versions import versions
from .asked import QUESTIONS, answers
from .findings import HEADLINES, Findings, find
from .methods import methods_note
from .pictures import MOST_CURVES, pictures
from .progress import Tell, section_bar
from .tables import MOST_ROWS, family_tables, metric_table, plain_table, strategy_table
from .words import gaps, highlights, rejections, setting_words, summary, unknown_columns

__all__ = ["render", "report", "write_page"]


# Measuring, four figures, the questions, the tables.
_SECTIONS = 6 + len(QUESTIONS)


def report(
    talk_or_card: Any,
    directory: str | Path,
    *,
    title: str | None = None,
    progress: bool | None = None,
    corpus_is_own: bool | None = None,
) -> Path:
    """Write a page about a corpus that anybody can open, with the numbers and the methods beside it.

    The folder gets `index.html` (self-contained), `scorecard.csv` (every number) and `methods.txt` (how they came
    about). No post is quoted; wordings that replies share are shown, with slots, only where the posts may be shown.

    Parameters
    ----------
    talk_or_card
        From `annotate`; or from `measure`, by organization and of all metrics, which then are not measured again.
    directory
        Where to write; made if it is not there. Files of the same names are replaced.
    title
        Heading of the page.
    progress
        Whether to show on standard error which sections are done; on a terminal only if left out.
    corpus_is_own
        Whether the posts are yours to show, so that wordings which replies share are written out. If left out, they are
        for bundled corpora only: a wording can be searched for, and leads to whoever got it.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    SchemaError
        If it was given neither.
    TwowayError
        If the folder cannot be written to.
    """
    folder = Path(directory)
    # A folder that cannot be made is told at once, and not after all the work.
    with _told(folder / "index.html"):
        folder.mkdir(parents=True, exist_ok=True)
    talk = talk_of(talk_or_card, "report")
    with section_bar(_SECTIONS, show=progress) as tell:
        found = find(talk_or_card, is_own=is_bundled(talk.corpus) if corpus_is_own is None else corpus_is_own)
        tell("all metrics")
        page = render("page.html.j2", _content(found, title, tell))
        tell("tables")
    files = {
        "index.html": page,
        "scorecard.csv": found.card.table.to_csv(index=False, lineterminator="\n"),
        "methods.txt": methods_note(found.card),
    }
    for name, text in files.items():
        write_page(folder / name, text)
    return folder / "index.html"


def write_page(path: Path, text: str) -> None:
    """Write a file, making its folder.

    Raises
    ------
    TwowayError
        If the folder or file cannot be written.
    """
    with _told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say in words what cannot be written."""
    try:
        yield
    except OSError as error:
        msg = f"'{path}' cannot be written ({error.strerror}). It was named as the place for a report. "
        msg += "Name another folder."
        raise TwowayError(msg) from error


def render(template: str, content: dict[str, Any]) -> str:
    """Fill a template of the folder `templates`; everything that is not marked as our own markup is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = Path(__file__).parent / "templates"
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["commas"] = "{:,}".format
    style = Markup((folder / "style.css").read_text(encoding="utf-8"))
    return environment.get_template(template).render(style=style, **content)


def _content(found: Findings, title: str | None, tell: Tell) -> dict[str, Any]:
    corpus, card, settings = found.talk.corpus, found.card, found.talk.definitions
    start, end = (stamp.strftime("%Y-%m-%d %H:%M") for stamp in corpus.window)
    rejected, n_more_rejected = rejections(corpus.rejected)
    return {
        "title": title or "Two-way interaction",
        "source": corpus.source,
        "start": start,
        "end": end,
        "summary": summary(found),
        "highlights": highlights(found),
        "coverage": corpus.coverage(),
        "coverage_table": _coverage_table(corpus),
        "unknown": unknown_columns(corpus),
        "repairs": corpus.repairs.to_dict("records"),
        "rejected": rejected,
        "n_more_rejected": n_more_rejected,
        "figures": pictures(found, tell),
        "answers": answers(found, tell),
        "no_strategy": found.no_strategy,
        "strategy_table": strategy_table(found.strategy.table) if found.strategy is not None else "",
        "headline_table": metric_table(found, HEADLINES, "table-headlines", "Scorecard by organization"),
        "families": family_tables(found),
        "flag_table": _flag_table(found),
        "gap_table": _gap_table(found),
        "n_units": found.n_units,
        "n_shown": min(found.n_units, MOST_ROWS),
        "n_curves": min(found.curve.table["unit_id"].nunique(), MOST_CURVES),
        "n_metrics": len(card.metrics),
        "level": f"{100 * settings.level:g} %",
        "definitions": [(n, setting_words(n, v), words) for n, v, words in settings.to_rows()],
        "definitions_hash": settings.short_hash(),
        "fingerprint": corpus.fingerprint(),
        "meanings": [(name, get_metric(name)) for name in card.metrics],
        "methods": methods_note(card),
        "version": versions()["twoway"],
    }


def _coverage_table(corpus: Any) -> Markup:
    counts = corpus.coverage().to_frame()
    counts = counts[~counts.index.isin(["window_from", "window_to"])]
    rows = pd.DataFrame(
        {
            "count": [name.replace("_", " ") for name in counts.index],
            "n": [f"{n:,}" for n in counts["value"]],
            "meaning": list(counts["meaning"]),
        }
    )
    return plain_table(rows, "table-coverage", "Coverage", headings={"count": "count", "n": "n", "meaning": "meaning"})


def _flag_table(found: Findings) -> Markup | str:
    if not found.flags:
        return ""
    cells = [split_flags(cell) for cell in found.card.table["flags"]]
    rows = pd.DataFrame(
        {
            "letter": list(found.flags.values()),
            "flag": [flag.replace("_", " ") for flag in found.flags],
            "n": [f"{sum(flag in cell for cell in cells):,} of {len(cells):,}" for flag in found.flags],
            "meaning": [FLAG_MEANINGS.get(flag, "") for flag in found.flags],
        }
    )
    headings = {"letter": "letter", "flag": "flag", "n": "values", "meaning": "meaning"}
    return plain_table(rows, "table-flags", "Flags", headings=headings)


def _gap_table(found: Findings) -> Markup | str:
    missing = gaps(found)
    if missing.empty:
        return ""
    rows = pd.DataFrame(
        {
            "metric": missing["metric"],
            "where": [
                "nowhere" if n == of else f"not for {n:,} of {of:,}"
                for n, of in zip(missing["n_undefined"], missing["n_units"], strict=True)
            ],
            "why": missing["reason"],
        }
    )
    return plain_table(
        rows,
        "table-gaps",
        "Metrics without a value",
        headings={"metric": "metric", "where": "defined", "why": "why not"},
    )
