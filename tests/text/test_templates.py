"""D6 and D12: clusters of wordings against loops, what is said of them, and the bank."""

import itertools

import numpy as np
import pyarrow as pa
import pytest
from masked_replies import likeness, random_replies, table

from twoway.errors import SchemaError, UnknownName
from twoway.text import templates
from twoway.text.banks import effective_number, marker_in_template_share, summarize_templates, template_bank
from twoway.text.templates import template_clusters

#: A chain: each is like its neighbors (7 of 9 shingles), the ends are not like each other.
CHAIN = ["a b c d e f g h i j", "b c d e f g h i j k", "c d e f g h i j k l", "d e f g h i j k l m"]
FOUR = "we are sorry to hear that"
THREE = "the train leaves from gate one"
SINGLE = ["it will be back by noon today", "our team has looked into this matter", "that is how it works for us"]


def worked():
    return table([FOUR] * 4 + [THREE] * 3 + SINGLE, [f"p{n}" for n in range(10)])


def test_worked_example():
    (done,) = summarize_templates(template_clusters(worked())).to_pylist()
    assert done["template_share"] == pytest.approx(0.70)
    assert done["effective_templates_dominant"] == pytest.approx(3.5714, abs=1e-4)
    p = np.array([0.4, 0.3, 0.1, 0.1, 0.1])
    assert done["effective_templates"] == pytest.approx(np.exp(-(p * np.log(p)).sum()))
    assert (done["n"], done["n_clusters"], done["top10_share"], done["n_short"]) == (10, 5, 1.0, 0)
    assert np.isnan(done["cross_agent_share"])


def test_a_template_has_three_persons_not_three_replies():
    (done,) = summarize_templates(template_clusters(table([FOUR] * 4, ["a", "a", "b", None]))).to_pylist()
    assert done["template_share"] == 0


def test_templates_that_agents_share():
    replies = table([FOUR] * 3 + [THREE] * 3, [f"p{n}" for n in range(6)], agents=["a", "b", None, "a", "a", "a"])
    (done,) = summarize_templates(template_clusters(replies)).to_pylist()
    assert done["cross_agent_share"] == 0.5


def test_short_replies_are_left_out_of_the_shares():
    (done,) = summarize_templates(
        template_clusters(table([FOUR] * 3 + ["Thanks!"] * 7, list("abcdefghij")))
    ).to_pylist()
    assert (done["n"], done["n_short"], done["template_share"], done["n_clusters"]) == (3, 7, 1.0, 1)
    (none,) = summarize_templates(template_clusters(table(["Thanks!"] * 3, list("abc")))).to_pylist()
    assert none["n"] == 0
    assert np.isnan(
        [none[k] for k in ("template_share", "effective_templates", "top10_share", "largest_diameter")]
    ).all()


def test_chains_show_in_the_diameter_and_complete_links_cut_them():
    replies = table(CHAIN, list("abcd"))
    single, complete = (template_clusters(replies, linkage=link) for link in ("single", "complete"))
    assert single["cluster"].to_pylist() == [0, 0, 0, 0]
    # the ends share 5 of 11 shingles
    assert single["diameter"].to_pylist() == pytest.approx([1 - 5 / 11] * 4)
    assert complete["n_wordings"].to_pylist() == [2, 2, 2, 2]
    assert complete["diameter"].to_pylist() == pytest.approx([1 - 7 / 9] * 4)


def test_similarity_at_the_threshold_itself_holds_a_complete_cluster():
    one, other = "a b c d e f g h i j k l", "a b c d e f g h i z"
    share = likeness(*table([one, other], ["a", "b"]).to_pylist())
    done = template_clusters(table([one, other], ["a", "b"]), threshold=share, linkage="complete")
    assert done["cluster"].to_pylist() == [0, 0]


def components(rows, threshold):
    label = list(range(len(rows)))
    for (i, a), (j, b) in itertools.combinations(enumerate(rows), 2):
        if likeness(a, b) >= threshold:
            label = [label[i] if x == label[j] else x for x in label]
    return label


def complete_links(rows, members, threshold):
    """Join, again and again, the two clusters whose least similar members are the most alike."""
    clusters = [[m] for m in members]
    while len(clusters) > 1:
        alike = {
            (a, b): min(likeness(rows[i], rows[j]) for i in clusters[a] for j in clusters[b])
            for a, b in itertools.combinations(range(len(clusters)), 2)
        }
        best = max(alike, key=alike.get)
        if alike[best] < threshold:
            break
        clusters[best[0]] += clusters.pop(best[1])
    return clusters


@pytest.mark.parametrize("threshold", [0.4, 0.7])
def test_clusters_against_loops(rng, threshold):
    replies = random_replies(rng, 150)
    rows = replies.to_pylist()
    done = template_clusters(replies, threshold=threshold).to_pylist()
    label = components(rows, threshold)
    for i, (row, found) in enumerate(zip(rows, done, strict=True)):
        if not row["tokens"]:
            assert found["cluster"] is None
            continue
        mine = [j for j in range(len(rows)) if label[j] == label[i]]
        assert mine == [j for j, other in enumerate(done) if other["cluster"] == found["cluster"]]
        assert found["group"] == row["group"]
        assert found["n_replies"] == len(mine)
        for name in ("person", "agent"):
            assert found[f"n_{name}s"] == len({rows[j][name] for j in mine} - {None})
        assert found["n_wordings"] == len({rows[j]["wording"] for j in mine})
        widest = max(1 - likeness(rows[j], rows[k]) for j in mine for k in mine)
        assert found["diameter"] == pytest.approx(widest)


def test_complete_links_against_loops(rng):
    """Ties may be joined in either order, so what must hold is checked, and the number of clusters."""
    replies = random_replies(rng, 120)
    rows = replies.to_pylist()
    done = template_clusters(replies, threshold=0.5, linkage="complete").to_pylist()
    label = components(rows, 0.5)
    assert max(found["diameter"] or 0 for found in done) <= 0.5 + 1e-12
    n = 0
    for component in {label[i] for i, row in enumerate(rows) if row["tokens"]}:
        first = {}
        for i in range(len(rows)):
            if label[i] == component:
                first.setdefault(rows[i]["wording"], i)
        n += len(complete_links(rows, list(first.values()), 0.5))
    assert abs(len({found["cluster"] for found in done} - {None}) - n) <= 1


def test_more_wordings_than_can_be_linked_completely_are_unknown(monkeypatch):
    monkeypatch.setattr(templates, "MOST_COMPLETE", 3)
    done = template_clusters(table([*CHAIN, FOUR], list("abcde")), linkage="complete")
    assert done["cluster"].to_pylist() == [None] * 4 + [0]
    (summary,) = summarize_templates(done).to_pylist()
    assert np.isnan(summary["template_share"])


def test_effective_number():
    assert effective_number([4, 3, 1, 1, 1])[0] == pytest.approx(3.5714, abs=1e-4)
    assert effective_number([5, 5, 5]) == pytest.approx((3, 3))
    assert np.isnan(effective_number([])).all()


def test_the_bank():
    texts = [
        "Hi Ann, we are sorry to hear this",
        "Hi Bob, we are sorry to hear that",
        "Hi Eve, we are sorry to hear that",
    ]
    replies = table([*texts, *SINGLE], list("abcdef"), agents=["jb", "kl", None, None, None, None])
    clusters = template_clusters(replies)
    (entry,) = template_bank(replies, clusters).to_pylist()
    assert entry["wording"] == "Hi {name}, we are sorry to hear that"
    assert (entry["group"], entry["n_replies"], entry["n_persons"], entry["n_agents"]) == ("x", 3, 3, 2)
    assert (entry["first_use"], entry["last_use"], entry["n_wordings"], entry["share"]) == (0, 2, 2, 0.5)
    assert template_bank(replies, clusters, fewest_persons=1).num_rows == 4
    assert template_bank(replies, clusters, fewest_persons=4).num_rows == 0


def test_the_bank_takes_the_first_of_equally_frequent_wordings():
    texts = ["We are sorry to hear that, really", "so Sorry to hear that really now"]
    replies = table([texts[1], texts[0]], ["a", "b"])
    clusters = template_clusters(replies, threshold=0.1)
    (entry,) = template_bank(replies, clusters, fewest_persons=2).to_pylist()
    assert entry["wording"] == texts[1]


def test_groups_of_any_kind_stay_as_they_are():
    replies = table([FOUR] * 6, list("abcdef"), groups=[7, 7, 7, 9, 9, 9])
    done = summarize_templates(template_clusters(replies))
    assert done.select(["group", "template_share"]).to_pylist() == [
        {"group": 7, "template_share": 1.0},
        {"group": 9, "template_share": 1.0},
    ]


def test_markers_in_templates():
    markers = np.zeros((30, 3))
    markers.flat[:20] = 1
    scripted, shown = marker_in_template_share(markers.sum(axis=1), np.arange(30) * 3 < 12)
    assert (scripted.sum(), shown.sum()) == (12, 20)
    scripted, shown = marker_in_template_share([1] * 20, [True] * 14 + [False] * 6)
    assert scripted.sum() / shown.sum() == pytest.approx(0.70)
    with pytest.raises(SchemaError, match="do not fit"):
        marker_in_template_share([1, 2], [True])


def test_unknown_linkage_and_missing_columns():
    with pytest.raises(UnknownName, match="complete"):
        template_clusters(worked(), linkage="complet")
    with pytest.raises(SchemaError, match="agent"):
        template_clusters(worked().drop_columns(["agent"]))
    with pytest.raises(SchemaError, match="time"):
        template_bank(worked().drop_columns(["time"]), template_clusters(worked()))


def test_no_replies():
    empty = worked().slice(0, 0)
    clusters = template_clusters(empty)
    assert (clusters.num_rows, summarize_templates(clusters).num_rows) == (0, 0)
    assert template_bank(empty, clusters).num_rows == 0
    assert isinstance(clusters, pa.Table)
