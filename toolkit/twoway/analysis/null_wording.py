"""How replies are worded, against what others say: pairs of other persons (N1), and the replies of the sector."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from ..inference.nulls.shuffles import strata_of, terciles
from ..inference.style_matching import StyleMatchingNull, StyleMeans
from ..metrics.prepared import prepare
from ..metrics.style_tables import MATCHED_WORDS
from ..metrics.voice_tables import FAMILIES
from ..text.function_words import MATCHING_CLASSES
from .null_pieces import FloatArray, Pool, UnitIndex, Values, arrays_of, share

__all__ = ["SectorVoices", "ShuffledPartners"]

_MARKERS = [marker for family in FAMILIES.values() for marker in family]


class ShuffledPartners:
    """Months of an organization and a person; each is matched with what another person wrote to it that month."""

    def __init__(self, talk: Any, units: UnitIndex) -> None:
        enough = (nw.col("b_n_tokens") >= MATCHED_WORDS) & (nw.col("p_n_tokens") >= MATCHED_WORDS)
        frame = prepare(talk, "matched", units.grouping).filter(enough)
        columns = [f"{side}_n_{name}" for side in "bp" for name in ("tokens", *MATCHING_CLASSES)]
        key = ("org_ix", "person_ix", "month", "unit")
        found = arrays_of(talk, frame, *key, *columns, by=key)
        unit = units.of(found["unit"])
        found = {name: values[unit >= 0] for name, values in found.items()}
        theirs, ours = (np.stack([found[f"{s}_n_{name}"] for name in MATCHING_CLASSES], axis=1) for s in "pb")
        # Few words give uneven shares of classes, whoever wrote them: what is exchanged is about as long.
        length = terciles(found["p_n_tokens"], found["org_ix"])
        strata = strata_of(found["org_ix"], found["month"], length)
        self._pairs = StyleMatchingNull(
            *(ours, found["b_n_tokens"], theirs, found["p_n_tokens"], unit[unit >= 0], strata),
            min_words=MATCHED_WORDS,
            n_units=len(units),
        )

    def observed(self) -> Values:
        """Measure the corpus."""
        return _named(self._pairs.observed())

    def draw(self, rng: np.random.Generator) -> Values:
        """Let persons change places and measure again."""
        return _named(self._pairs.draw(rng))


def _named(means: StyleMeans) -> Values:
    return {
        "style_matching": means.value,
        "style_matching_used": means.value_used,
        "style_unused_share": means.unused_share,
    }


class SectorVoices:
    """Replies to persons with their markers of a human voice, drawn for each unit from those of all units together."""

    def __init__(self, talk: Any, units: UnitIndex) -> None:
        names = ["one", *[f"is_{marker}" for marker in _MARKERS]]
        found = arrays_of(talk, prepare(talk, "voiced", units.grouping), "row", "unit", *names, by=("row", "unit"))
        rows = np.stack([found[name] for name in names], axis=1)
        self._replies = Pool(units.of(found["unit"]), rows, len(units))

    def observed(self) -> Values:
        """Measure the corpus."""
        return _voices(self._replies.seen)

    def draw(self, rng: np.random.Generator) -> Values:
        """Draw all replies anew and measure again."""
        return _voices(self._replies.draw(rng))


def _voices(sums: FloatArray) -> Values:
    n, by_marker = sums[:, 0], dict(zip(_MARKERS, sums[:, 1:].T, strict=True))
    out: Values = {f"voice_{marker}_share": share(total, n) for marker, total in by_marker.items()}
    for family, markers in FAMILIES.items():
        out[f"voice_{family}"] = np.mean([out[f"voice_{marker}_share"] for marker in markers], axis=0)
    out["human_voice"] = np.mean([out[f"voice_{family}"] for family in FAMILIES], axis=0)
    return out
