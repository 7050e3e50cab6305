"""Let ConvoKit measure coordination in invented exchanges, and store what it finds (see README.md here)."""

from __future__ import annotations

import json
import random
from importlib.metadata import version
from pathlib import Path

CLASSES = ("article", "auxverb", "conj", "adverb", "ppron", "ipron", "preps", "quant")
GRAMMAR = "the a is have and but really very i you it that in on all some"
MATTER = "lantern walnut kettle harbor pebble ribbon violin thimble meadow copper saddle anchor"
TALKERS = {"brand": ["mill", "dairy", "forge"], "person": ["ana", "ben", "cleo", "dag", "eva", "finn"]}


def sentence(rng, echo=()):
    """Draw a few words; some of the words to echo are taken up."""
    grammar, matter = GRAMMAR.split(), MATTER.split()
    words = [rng.choice(grammar if rng.random() < 0.35 else matter) for _ in range(rng.randint(2, 9))]
    return " ".join(words + [word for word in echo if word in grammar and rng.random() < 0.3])


def exchanges(rng, n):
    """Draw a post by anybody and a reply to it by somebody of the other side, or now and then by its own author."""
    for _ in range(n):
        sides = rng.sample(sorted(TALKERS), 2)
        first, second = (rng.choice(TALKERS[side]) for side in sides)
        text = sentence(rng)
        yield first, text, first if rng.random() < 0.05 else second, sentence(rng, text.split())


def build(seed, n):
    from convokit import Corpus, Speaker, Utterance

    rng = random.Random(seed)
    people = {name: Speaker(id=name, meta={"side": side}) for side, names in TALKERS.items() for name in names}
    said = []
    for i, (first, post, second, reply) in enumerate(exchanges(rng, n)):
        said.append(Utterance(id=f"p{i}", speaker=people[first], conversation_id=f"p{i}", text=post, timestamp=i))
        said.append(
            Utterance(
                id=f"r{i}", speaker=people[second], conversation_id=f"p{i}", reply_to=f"p{i}", text=reply, timestamp=i
            )
        )
    return Corpus(utterances=said)


def bits(utterance):
    return sum(1 << i for i, name in enumerate(CLASSES) if name in utterance.meta["liwc-categories"])


def replies(corpus):
    """List speaker, target, bits of the post and bits of the reply."""
    for utterance in corpus.iter_utterances():
        if utterance.reply_to is not None:
            post = corpus.get_utterance(utterance.reply_to)
            yield [utterance.speaker.id, post.speaker.id, bits(post), bits(utterance)]


def rounded(value):
    """Round away what depends on the order in which ConvoKit adds up."""
    if isinstance(value, dict):
        return {name: rounded(part) for name, part in sorted(value.items())}
    return round(value, 14) if isinstance(value, float) else value


def measured(model, corpus, side, focus, **thresholds):
    """Summarize one direction."""
    options = {
        "speaker_selector": lambda speaker: speaker.meta["side"] == side,
        "target_selector": lambda speaker: speaker.meta["side"] != side,
        "focus": focus,
        **thresholds,
    }
    found = model.summarize(corpus, summary_report=True, **options)
    scores = model.summarize(corpus, **options)
    by_name = {getattr(who, "id", who): values for who, values in scores.items()}
    aggregates = {name: rounded(found[name]) for name in ("agg1", "agg2", "agg3", "count_agg1", "count_agg3")}
    return {"side": side, "focus": focus, **thresholds, "scores": rounded(by_name), **aggregates}


def case(seed, n):
    from convokit.coordination import Coordination

    corpus, model = build(seed, n), Coordination()
    model.fit(corpus)
    wanted = [(side, focus) for side in TALKERS for focus in ("speakers", "targets")]
    found = [measured(model, corpus, side, focus) for side, focus in wanted]
    found += [measured(model, corpus, side, "speakers", target_thresh=8, speaker_thresh=5) for side in TALKERS]
    return {"replies": sorted(replies(corpus)), "found": found}


def main():
    names = {name: version(name) for name in ("convokit", "numpy")}
    cases = {"ample": case(1, 600), "middling": case(2, 150), "sparse": case(3, 30)}
    stored = {"versions": names, "classes": CLASSES, "sides": TALKERS, "cases": cases}
    Path(__file__).with_suffix(".json").write_text(json.dumps(stored, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
