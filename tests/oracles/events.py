"""Who approached whom, the turns owed, what answered them, and the episodes."""

from __future__ import annotations

import re
import unicodedata

from .load import URL

MARKS = "".join(chr(i) for i in range(0x3000) if unicodedata.category(chr(i)).startswith("M"))
WORD = re.compile(rf"[^\W_](?:[\w{MARKS}\u200c\u200d]|['’](?=\w))*")
OUTCOMES = ["open_answer", "escalate", "deflect", "clarify", "acknowledge"]


def asked(text):
    """Say whether a text holds a mark of a question, of any script, outside of links."""
    return any(mark in URL.sub(" ", text) for mark in "?？؟")


class Exchange:
    """The events between every person and every organization, and what follows from them."""

    def __init__(self, world):
        self.world = world
        self.events = collect_events(world)
        self.turns, self.episodes = [], []
        for (person, org), events in sorted(self.events.items()):
            turns = find_turns(world, person, org, events)
            find_answers(world, turns, events)
            self.turns += [turn for turn in turns if turn["t"] >= world.start]
            self.episodes += find_episodes(world, person, org, events)


def collect_events(world):
    """Return {(person, organization): events in order}; one event per post, organization and person."""
    found = {}
    for post in world.order:
        ways = world.addressed(post)
        author = world.account(post["author"])
        if author["person"]:
            for org in {world.account(a)["org"] for a in ways if world.account(a)["focal"]}:
                if org != author["org"]:
                    own = {a: w for a, w in ways.items() if is_focal_of(world, a, org)}
                    event = make_event(world, post, "in", set().union(*own.values()), first_addressed(world, post, own))
                    found.setdefault((post["author"], org), []).append(event)
        if author["brand"]:
            for person, kinds in ways.items():
                if world.is_person(person) and not world.same_org(person, post["author"]):
                    event = make_event(world, post, "out", kinds, post["author"])
                    found.setdefault((person, author["org"]), []).append(event)
    to_persons = {e["row"] for events in found.values() for e in events if e["side"] == "out"}
    for events in found.values():
        put_clock_errors_behind(world, events)
        mark_units(world, events)
        for event in (e for e in events if e["side"] == "out"):
            add_what_names_nobody(world, event, to_persons)
    return found


def add_what_names_nobody(world, event, to_persons):
    """Let the posts of an event's unit that are said to nobody be part of it."""
    labels, event["read"] = [event["resolution"]], event["post"]["has_text"]
    for post in event["post"]["unit"]:
        if post["row"] not in to_persons and not post["private"] and post["t"] <= world.end:
            label, places = world.resolutions.get(post["id"], ("none", {}))
            labels.append(label)
            event["read"] = event["read"] or post["has_text"]
            event["places"] |= {d for d, named in places.items() if named}
    event["resolution"] = next((label for label in OUTCOMES if label in labels), "none")


def put_clock_errors_behind(world, events):
    """Move a post of the organization behind the approach that follows within the clock skew, if it answers that.

    It does if it replies to it, or names the person without replying to them while nobody was waiting.
    """
    earlier = [None, *events]
    for before, event, after in zip(earlier, list(events), [*events[1:], None], strict=False):
        if event["side"] == "in" or after is None or after["side"] == "out":
            continue
        named = "mention" in event["ways"] and "reply" not in event["ways"]
        linked = event["post"]["parent"] is after["post"]
        free = before is None or before["side"] == "out"
        if after["t"] - event["t"] <= world.settings.skew_s and (linked or (named and free)):
            events.remove(event)
            events.insert(events.index(after) + 1, event)
            event["behind"] = after["row"]


def mark_units(world, events):
    """Mark the first event of every unit: the later ones count no unit of their own."""
    seen = set()
    for event in events:
        head = world.head(event["post"])["id"]
        event["opens"] = head not in seen
        seen.add(head)


def is_focal_of(world, account, org):
    return world.account(account)["focal"] and world.account(account)["org"] == org


def make_event(world, post, side, ways, account):
    resolution, places = world.resolutions.get(post["id"], ("none", {}))
    event = {"post": post, "row": post["row"], "t": post["t"], "side": side, "ways": ways, "account": account}
    return {**event, "resolution": resolution, "places": {d for d, named in places.items() if named}}


def first_addressed(world, post, ways):
    """Return the account replied to, else the first one mentioned, else the one quoted."""
    for account, kinds in ways.items():
        if "reply" in kinds:
            return account
    for handle in post["handles"]:
        if world.by_handle.get(handle) in ways:
            return world.by_handle[handle]
    return next(iter(ways))


def find_turns(world, person, org, events):
    """Collapse consecutive approaches with no post to the person between and no gap above a day."""
    turns, open_turn = [], None
    for event in events:
        if event["side"] == "out":
            open_turn = None
        elif open_turn is not None and event["t"] - open_turn["approaches"][-1]["t"] <= world.settings.turn_gap_s:
            open_turn["approaches"].append(event)
        else:
            open_turn = {"person": person, "org": org, "approaches": [event], "answers": []}
            turns.append(open_turn)
    for turn in turns:
        first = turn["approaches"][0]
        turn["approaches"] = [e for e in turn["approaches"] if e["t"] <= world.end] or [first]
        heads = sum(1 for event in turn["approaches"] if event["opens"])
        turn.update(t=first["t"], row=first["row"], account=first["account"], root=first["post"]["root"])
        turn.update(context=first["post"]["context"], n_units=max(1, heads))
        turn["asks"] = any(asked(event["post"]["text"]) for event in turn["approaches"])
    return turns


def find_answers(world, turns, events):
    """Let every post of the organization answer at most one turn, and keep the first usable latency at each level."""
    for event in events:
        if event["side"] == "in":
            continue
        turn, level = answered_turn(world, turns, event)
        if turn is None:
            continue
        latency = event["t"] - turn["t"]
        if latency < -world.settings.skew_s:
            continue
        answer = (event["row"], 1 if latency <= 0 else latency, level, event["t"], event)
        turn["answers"].append(answer)
    answers = [answer for turn in turns for answer in turn["answers"]]
    for *_, event in answers:
        # What is said at once is one answer, also where it spans two turns.
        same = [a[4] for a in answers if a[4]["post"]["unit"] is event["post"]["unit"] and a[3] <= world.end]
        event["at_once"] = [e["resolution"] for e in [event, *same]]
    for turn in turns:
        turn["answers"].sort(key=lambda answer: answer[0])
        strict = [a for a in turn["answers"] if a[2] == "strict"]
        used = strict if world.settings.attribution == "strict" else turn["answers"]
        turn["used"] = used
        turn["strict_latency"] = strict[0][1] if strict else None
        turn["latency"], turn["answered_at"] = (used[0][1], used[0][3]) if used else (None, None)


def answered_turn(world, turns, event):
    parent = event["post"]["parent"]
    if parent is not None:
        # A reply to any post of a unit answers the unit.
        asked = [(a["row"], turn) for turn in turns for a in turn["approaches"] if a["post"] in parent["unit"]]
        before = [turn for row, turn in asked if row <= parent["row"]]
        if asked:
            return (before[-1] if before else asked[0][1]), "strict"
    place = event.get("behind", event["row"])
    earlier = [turn for turn in turns if turn["row"] <= place]
    if "mention" not in event["ways"] or not earlier:
        return None, None
    latest = earlier[-1]
    if event["t"] - latest["t"] > world.settings.horizon_s:
        return None, None
    return latest, "inferred" if event["post"]["root"] == latest["root"] else "mention_inferred"


def find_episodes(world, person, org, events):
    """Cut where the silence is too long and no conversation goes on across it."""
    pieces, start = [], 0
    for i in range(1, len(events)):
        before = {e["post"]["root"] for e in events[:i]}
        after = {e["post"]["root"] for e in events[i:]}
        if events[i]["t"] - events[i - 1]["t"] > world.settings.episode_gap_s and not before & after:
            pieces.append(events[start:i])
            start = i
    pieces.append(events[start:])
    # Nobody can tell what became of a matter after the window's end.
    pieces = [[e for e in piece if e["t"] <= world.end] for piece in pieces]
    episodes = [make_episode(person, org, piece) for piece in pieces if piece]
    return [episode for episode in episodes if episode is not None]


def make_episode(person, org, events):
    """Describe one episode, or return None if the person neither approached nor was replied to."""
    approaches = [e for e in events if e["side"] == "in"]
    first = approaches[0]["row"] if approaches else float("inf")
    reactions = [e for e in events if e["side"] == "out" and ("reply" in e["ways"] or e["row"] > first)]
    if not approaches and not reactions:
        return None
    labels = [e["resolution"] for e in reactions]
    outcome = next((label for label in OUTCOMES if label in labels), "none")
    # What is said at once is one reaction.
    at_once = [e for e in reactions if e["post"]["unit"] is reactions[0]["post"]["unit"]]
    first_label = next((label for label in OUTCOMES if label in [e["resolution"] for e in at_once]), "none")
    places = set().union(*[e["places"] for e in reactions if e["resolution"] == "deflect"])
    return {
        "person": person,
        "org": org,
        "account": events[0]["account"],
        "events": events,
        "own": any(not e["post"]["context"] for e in events),
        "replied": bool(reactions),
        "read": any(e["read"] for e in reactions),
        "first_read": any(e["read"] for e in at_once),
        "deflected": outcome == "deflect",
        "first_label": first_label,
        "first_deflects": first_label == "deflect",
        "places": places if outcome == "deflect" else set(),
        "sides": [e["side"] for e in events if e["opens"]],
        "words": {side: sum(words(e["post"]) for e in events if e["side"] == side) for side in ("in", "out")},
    }


def words(post):
    """Count words outside links; handles are words, and what an apostrophe joins is one."""
    return len(WORD.findall(URL.sub(" ", post["text"])))
