"""Say how sure a number is: intervals, the cluster bootstrap, survival curves, compositions.

Pure functions of arrays; nothing here knows a metric or a corpus. Start with `ratio_intervals` for anything that is a
ratio of sums over persons or conversations, `delta_interval` (or `smooth_interval`, by bootstrap) for any other smooth
function of such sums, `clustered_kaplan_meier` for times with some never ended, `composition` for three parts of a
whole.
"""

from .bootstrap import bca_interval, expanded_level, percentile_interval, smooth_interval
from .composition import Composition, aitchison_distance, balances, clr, composition, replace_zeros
from .curves import SurvivalCurve
from .diversity import Diversity, MixDistance, diversity, evenness, hill, miller_madow, mix_distance, shannon
from .intervals import (
    design_effect,
    difference_interval,
    effective_clusters,
    effective_n,
    newcombe,
    quantile_interval,
    wilson,
    wilson_limits,
)
from .linearized import Moments, cluster_moments, delta_interval, linearized_ratio, ratio_moments
from .posterior import (
    LABELS,
    LabelCuts,
    balance_interval,
    dirichlet_draws,
    effective_counts,
    label_parts,
    label_probabilities,
)
from .ratios import ratio_interval, ratio_intervals, ratio_intervals_from_moments
from .resampling import bootstrap_sums, jackknife_df, leave_one_out, poisson_weights, ratio_draws
from .results import FLAGS, Interval, Intervals
from .scores import composite_interval, score_limits
from .survival import LogRank, clustered_kaplan_meier, count_times, kaplan_meier, logrank

__all__ = [
    "FLAGS",
    "LABELS",
    "Composition",
    "Diversity",
    "Interval",
    "Intervals",
    "LabelCuts",
    "LogRank",
    "MixDistance",
    "Moments",
    "SurvivalCurve",
    "aitchison_distance",
    "balance_interval",
    "balances",
    "bca_interval",
    "bootstrap_sums",
    "cluster_moments",
    "clr",
    "clustered_kaplan_meier",
    "composite_interval",
    "composition",
    "count_times",
    "delta_interval",
    "design_effect",
    "difference_interval",
    "dirichlet_draws",
    "diversity",
    "effective_clusters",
    "effective_counts",
    "effective_n",
    "evenness",
    "expanded_level",
    "hill",
    "jackknife_df",
    "kaplan_meier",
    "label_parts",
    "label_probabilities",
    "leave_one_out",
    "linearized_ratio",
    "logrank",
    "miller_madow",
    "mix_distance",
    "newcombe",
    "percentile_interval",
    "poisson_weights",
    "quantile_interval",
    "ratio_draws",
    "ratio_interval",
    "ratio_intervals",
    "ratio_intervals_from_moments",
    "ratio_moments",
    "replace_zeros",
    "score_limits",
    "shannon",
    "smooth_interval",
    "wilson",
    "wilson_limits",
]
