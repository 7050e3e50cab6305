"""Measure two-way interaction in social media: do accounts talk with people, or at them.

Reading order of the library, from the ground up:

`errors`, `schema`, `definitions`
    the words: tables, columns, and the choices that decide what a number means
`engine`, `cleaning`, `tables`, `threads`, `links`
    one computation on pandas, Polars, DuckDB and Spark frames; ids, times, reply trees
`text`, `codebooks`
    marks of posts, sentiment, style, near-duplicates, templates, variety, specificity; labels with definitions,
    examples and rules, and the pass that applies them
`interactions`
    who answered whom: turns owed, answers, episodes, conversations, dyads
`corpus`, `coverage`, `readers`, `reading`, `samples`, `simulate`, `codetable`, `handcoding`
    corpora from frames, files, the shelf, or a simulation with known truth; what their posts say, as codes
`inference`
    intervals, survival, compositions: functions of arrays
`metrics`
    the declarations, and one door to measure them
`strategy`, `silence`, `analysis`
    what is asked of measured values: comparisons, rankings, models, null tests, reliability
`figures`, `report`, `cli`
    results to read
"""

from .codebooks.load import list_codebooks, load_codebook
from .codetable import code
from .corpus import Corpus
from .coverage import Coverage
from .definitions import Definitions
from .errors import CorpusNotFound, FormatError, NotEnoughEvidence, SchemaError, TwowayError, TwowayWarning, UnknownName
from .interactions.annotate import Interactions, annotate
from .metrics import Scorecard, all_metrics, get_metric, measure, metric
from .metrics.catalog import catalog, cite, explain
from .metrics.registry import Ratio
from .reading import (
    read,
    read_activity_streams,
    read_reddit,
    read_table,
    read_twcs,
    read_twitter_v1,
    read_twitter_v2,
)
from .samples import list_corpora, load_corpus, load_truth
from .silence import SilenceCurve, silence_curve
from .strategy import Strategy, strategy
from .versions import show_versions, versions

__all__ = [
    "Corpus",
    "CorpusNotFound",
    "Coverage",
    "Definitions",
    "FormatError",
    "Interactions",
    "NotEnoughEvidence",
    "Ratio",
    "SchemaError",
    "Scorecard",
    "SilenceCurve",
    "Strategy",
    "TwowayError",
    "TwowayWarning",
    "UnknownName",
    "adverse_coverage",
    "acted_social_gap",
    "affect_change",
    "agent_voice",
    "act_transitions",
    "agreement",
    "all_metrics",
    "annotate",
    "attention_by_followers",
    "audience_fit",
    "business_latency",
    "catalog",
    "cite",
    "code",
    "coding_sheet",
    "compare",
    "coordination",
    "cumulative_incidence",
    "dyad_census",
    "explain",
    "fit_latency",
    "fit_response",
    "flag_meanings",
    "get_metric",
    "list_codebooks",
    "list_corpora",
    "load_codebook",
    "load_corpus",
    "load_truth",
    "measure",
    "methods_note",
    "metric",
    "null_test",
    "parity",
    "participation_shifts",
    "rank",
    "read",
    "read_activity_streams",
    "read_codes",
    "read_reddit",
    "read_sheet",
    "read_table",
    "read_twcs",
    "read_twitter_v1",
    "read_twitter_v2",
    "reentry",
    "reliability",
    "report",
    "show_versions",
    "silence_curve",
    "simulate_corpus",
    "specificity",
    "spiral",
    "strategy",
    "tone_flow",
    "templates",
    "use_style",
    "vader",
    "versions",
    "write_codes",
]

_LATE = {
    "adverse_coverage": ("twoway.analysis.adverse", "adverse_coverage"),
    "templates": ("twoway.analysis.templates", "templates"),
    "coordination": ("twoway.analysis.coordination", "coordination"),
    "agent_voice": ("twoway.analysis.agents", "agent_voice"),
    "affect_change": ("twoway.analysis.affect", "affect_change"),
    "acted_social_gap": ("twoway.analysis.acted", "acted_social_gap"),
    "agreement": ("twoway.codebooks.agreement", "agreement"),
    "coding_sheet": ("twoway.handcoding", "coding_sheet"),
    "read_codes": ("twoway.codebooks.codes", "read_codes"),
    "read_sheet": ("twoway.codebooks.sheet_reading", "read_sheet"),
    "vader": ("twoway.text.sentiment", "vader"),
    "write_codes": ("twoway.codebooks.code_files", "write_codes"),
    "attention_by_followers": ("twoway.analysis.attention", "attention_by_followers"),
    "audience_fit": ("twoway.analysis.audience", "audience_fit"),
    "business_latency": ("twoway.analysis.hours", "business_latency"),
    "compare": ("twoway.analysis.compare", "compare"),
    "cumulative_incidence": ("twoway.analysis.competing", "cumulative_incidence"),
    "dyad_census": ("twoway.analysis.census", "dyad_census"),
    "flag_meanings": ("twoway.analysis.words", "flag_meanings"),
    "fit_latency": ("twoway.analysis.latency", "fit_latency"),
    "fit_response": ("twoway.analysis.response", "fit_response"),
    "methods_note": ("twoway.report", "methods_note"),
    "null_test": ("twoway.analysis.nulls", "null_test"),
    "parity": ("twoway.analysis.parity", "parity"),
    "participation_shifts": ("twoway.analysis.shifts", "participation_shifts"),
    "rank": ("twoway.analysis.ranking", "rank"),
    "act_transitions": ("twoway.analysis.transitions", "act_transitions"),
    "reentry": ("twoway.analysis.reentry", "reentry"),
    "reliability": ("twoway.analysis.reliability", "reliability"),
    "report": ("twoway.report", "report"),
    "simulate_corpus": ("twoway.simulate", "simulate_corpus"),
    "specificity": ("twoway.analysis.specificity", "specificity"),
    "spiral": ("twoway.analysis.spiral", "spiral"),
    "tone_flow": ("twoway.analysis.tone_flow", "tone_flow"),
    "use_style": ("twoway.figures", "use_style"),
}


def __getattr__(name: str) -> object:
    """Load what draws, reports or simulates when it is first asked for, so that importing twoway stays quick."""
    from importlib import import_module

    if name == "figures":
        return import_module("twoway.figures")
    if name in _LATE:
        module, attribute = _LATE[name]
        value = getattr(import_module(module), attribute)
        globals()[name] = value
        return value
    msg = f"module 'twoway' has no attribute '{name}'"
    raise AttributeError(msg)


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
