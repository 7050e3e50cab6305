"""Numbers of the catalogue that stand for no metric: bounds, places, reliability, null models, kinds of intervals."""

from __future__ import annotations

__all__ = ["CONSTRUCTS"]

_CHANCE = "a null model, not a metric: tw.null_test(talk, metrics) sets values beside it"
_SURE = "a way to say how sure a value is, not a metric"

#: What each stands for, and where it is found.
CONSTRUCTS = {
    "A13": "Audience fit: whether what is posted is about what people bring, and who follows whom in it."
    " tw.audience_fit(talk, topics) gives it.",
    "I4": "Places with honest ties: the ranks each unit can have. tw.rank(card, metric) gives them.",
    "J1": "Bounds on what a collection hides (private answers, deleted posts, partial crawls). They stand beside each"
    " value of a scorecard that can have them, in the columns lower_bound and upper_bound.",
    "J4": "Reliability: whether halves of the same data agree. tw.reliability(talk, metric) gives it.",
    "N1": f"Answers dealt anew among the turns of an organization, {_CHANCE}.",
    "N2": f"Arcs rewired with everybody's activity kept, {_CHANCE}.",
    "N3": f"Times drawn anew from each account's own hours of the week, {_CHANCE}.",
    "N4": f"Names of agents dealt anew within account and week, {_CHANCE}.",
    "N5": f"The order of turns, or their authors, shuffled within a conversation, {_CHANCE}.",
    "N6": f"The graph drawn anew with its degrees kept, {_CHANCE}.",
    "U1": f"Wilson's score interval of a share, {_SURE}.",
    "U2": f"Newcombe's interval of a difference of two shares, {_SURE}; tw.compare uses such intervals.",
    "U3": f"The bootstrap over persons or conversations, {_SURE}.",
    "U4": f"The design effect: how many independent cases clustered ones are worth, {_SURE}.",
    "U5": f"Shrinkage of many units towards each other, {_SURE}; tw.rank gives shrunken values.",
    "U6": f"Greenwood's variance of a curve of waiting times, {_SURE}.",
    "U7": f"Standard errors robust to clusters, {_SURE}; tw.fit_latency and tw.fit_response use them.",
    "U8": f"Standard errors robust to autocorrelation in time series, {_SURE}.",
    "U9": f"The p-value of a permutation test, {_SURE}; tw.compare and tw.null_test give it.",
    "U10": f"The bootstrap over blocks of days, {_SURE}.",
}
