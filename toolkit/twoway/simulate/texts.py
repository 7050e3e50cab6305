"""Words for simulated posts: every text is put together from an organization's sheet and the shared wordings.

The posts of one contact share their slots (thing, place, day, time, number), so that an answer speaks of what was
asked. A scripted reply takes its slots and its wording from the organization's own bank instead, so it comes out word
for word the same every time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from .approaches import Contacts
from .laws import DESTINATIONS
from .ledger import KINDS, NONE
from .roster import Roster, Sheet, read_wordings

__all__ = ["Writer"]

_CONTENTS = ("notice", "promotion", "award", "question", "story")
_KINDS_OF_ASK = ("question", "complaint", "praise")


def _of(options: Sequence[str], u: float) -> str:
    return options[int(u * len(options))]


def _join(*parts: str) -> str:
    return " ".join(part for part in parts if part)


class Writer:
    """Write the texts and mentions of posts.

    Parameters
    ----------
    roster
        Whose sheets and handles are used.
    contacts
        What each contact is about.
    rng
        Source of the choice of words; nothing else depends on it.
    columns
        The ledger's columns, for the posts to be written.
    """

    def __init__(
        self, roster: Roster, contacts: Contacts, rng: np.random.Generator, columns: dict[str, np.ndarray]
    ) -> None:
        self.roster, self.columns = roster, columns
        self.words = read_wordings()
        n, n_org = len(columns["time"]), len(roster.sheets)
        self.kind_of_contact = contacts.kind
        self._draw(rng, contacts, n, n_org)
        self.sisters = [roster.sister_of(o) for o in range(n_org)]
        self.texts: list[str | None] = [None] * n

    def _draw(self, rng: np.random.Generator, contacts: Contacts, n: int, n_org: int) -> None:
        """Draw slots and choices: for each contact, for each post, and for each scripted reply of the banks."""
        self.u = rng.random((n, 6))
        slots = rng.random((n, 6))
        of_contact = rng.random((len(contacts.org), 6))
        contact, template, org = self.columns["contact"], self.columns["template"], self.columns["org"]
        linked = contact != NONE
        slots[linked] = of_contact[contact[linked]]
        bank_u, bank_slots = rng.random((n_org * 2, 6)), rng.random((n_org * 2, 6))
        scripted = template != NONE
        entry = org[scripted] * 2 + template[scripted]
        self.u[scripted], slots[scripted] = bank_u[entry], bank_slots[entry]
        self.slot_u = slots

    def write(self) -> list[str | None]:
        """Write all texts, reposts last because they repeat others."""
        kind = self.columns["kind"]
        for code, name in enumerate(KINDS):
            if name != "repost":
                write: Callable[[int], str] = getattr(self, f"_{name}")
                for i in np.flatnonzero(kind == code).tolist():
                    self.texts[i] = write(i)
        for i in np.flatnonzero(kind == KINDS.index("repost")).tolist():
            source = int(self.columns["repost"][i])
            self.texts[i] = f"RT @{self._handle(self.columns['author'][source])}: {self.texts[source]}"
        return self.texts

    def mentions(self) -> list[str | None]:
        """List the handles each post names, by construction; null for posts that name nobody and for plain reposts."""
        columns = self.columns
        named: list[str | None] = [None] * len(columns["time"])
        for i in np.flatnonzero(self._names_target()).tolist():
            handles = [self._handle(columns["target"][i])]
            if columns["second"][i] != NONE:
                handles.append(self._handle(columns["second"][i]))
            if self._points_at_sister(int(i)):
                handles.append(self._handle(self.sisters[columns["org"][i]]))
            named[i] = " ".join(dict.fromkeys(handles))
        return named

    def _names_target(self) -> np.ndarray:
        is_quote = np.isin(self.columns["kind"], [KINDS.index(k) for k in _KINDS_OF_ASK]) & (
            self.columns["content"] == 2
        )
        return (self.columns["target"] != NONE) & ~is_quote

    def _points_at_sister(self, i: int) -> bool:
        return KINDS[self.columns["kind"][i]] == "deflect" and DESTINATIONS[self.columns["destination"][i]] == "handle"

    def _handle(self, account: int) -> str:
        return str(self.roster.handle[account])

    def _sheet(self, i: int) -> Sheet:
        return self.roster.sheets[max(int(self.columns["org"][i]), 0)]

    def _fill(self, pattern: str, i: int, **more: str) -> str:
        """Put the post's slots into a pattern."""
        if "{" not in pattern:
            return pattern
        sheet, u = self._sheet(i), self.slot_u[i]
        slots = {"thing": _of(sheet.things, u[0]), "place": _of(sheet.places, u[1]), "n": str(2 + int(u[4] * 8))}
        slots |= {"day": _of(self.words["days"], u[2]), "time": _of(self.words["times"], u[3])}
        slots |= {"team": sheet.team, "name": sheet.name, "sector": sheet.sector.replace(" ", "")}
        text = pattern.format(**slots, **more)
        return text[0].upper() + text[1:]

    def _say(self, group: str, key: str, i: int, **more: str) -> str:
        return self._fill(_of(self.words[group][key], self.u[i, 0]), i, **more)

    def _address(self, sheet: Sheet, i: int) -> dict[str, str]:
        """Return the made-up address, telephone number and page of an organization."""
        host = sheet.slug.replace("_", "-")
        number = 100 + sum(map(ord, sheet.slug)) % 100
        sister = self.sisters[self.columns["org"][i]]
        return {
            "phone": f"555-{number:04d}",
            "email": f"help@{host}.example.org",
            "url": f"https://{host}.example.com",
            "sister": self._handle(sister) if sister != NONE else "",
        }

    # -- organizations
    # ------------------------------------------------------------------------------------------------------------

    def _original(self, i: int) -> str:
        if self.columns["org"][i] == NONE:
            return self._say("partner", "original", i)
        sheet, content = self._sheet(i), _CONTENTS[self.columns["content"][i]]
        text = self._fill(_of(sheet.lines[content], self.u[i, 0]), i)
        link = (
            f"https://{sheet.slug.replace('_', '-')}.example.com/news/{int(self.u[i, 2] * 900) + 100}"
            if self.u[i, 1] < 0.45
            else ""
        )
        thing = _of(sheet.things, self.slot_u[i, 0]).title().replace(" ", "").replace("-", "")
        return _join(
            text, link, self._fill(_of(self.words["reply"]["tags"], self.u[i, 3]), i, thing_tag=thing).replace(" ", "")
        )

    def _thread(self, i: int) -> str:
        return self._say("reply", "thread", i)

    def _mention(self, i: int) -> str:
        return self._say("reply", "mention", i, person=self._handle(self.columns["target"][i]))

    def _quote(self, i: int) -> str:
        return self._say("reply", "quote", i)

    def _partner_mention(self, i: int) -> str:
        return self._say("reply", "partner", i, partner=self._handle(self.columns["target"][i]))

    def _sister_reply(self, i: int) -> str:
        return self._say("reply", "sister", i, sister=self._handle(self.columns["target"][i]))

    def _orphan_reply(self, i: int) -> str:
        return self._reply(i, self._say("reply", "orphan", i))

    def _reply(self, i: int, *parts: str) -> str:
        """Address the person, say it, and sign where the organization signs."""
        initials = self._sheet(i).initials
        is_team = self.roster.role[self.columns["author"][i]] not in {"employee", "executive"}
        sign = f"^{_of(initials, self.u[i, 5])}" if initials and is_team else ""
        return _join(f"@{self._handle(self.columns['target'][i])}", *parts, sign)

    def _tone(self, i: int) -> str:
        """Return what the contact is about; scripts know praise and trouble only."""
        tone = _KINDS_OF_ASK[self.kind_of_contact[self.columns["contact"][i]]]
        return "complaint" if tone == "question" and self.columns["template"][i] != NONE else tone

    def _opener(self, i: int) -> str:
        is_later = self.columns["round"][i] > 0 and self.columns["template"][i] == NONE
        key = "open_later" if is_later else f"open_{self._tone(i)}"
        return _of(self.words["reply"][key], self.u[i, 1])

    def _substance(self, i: int) -> str:
        """Return the public answer itself: the fact that was asked for, the remedy, or a story in return for praise."""
        tone, topic = self._tone(i), self.slot_u[i, 5]
        lines = (
            self.words["reply"]["chatty_praise"]
            if tone == "praise"
            else self._sheet(i).lines["facts" if tone == "question" else "fixes"]
        )
        return self._fill(_of(lines, topic), i)

    def _answer(self, i: int) -> str:
        more = (
            _of(self.words["reply"]["assist"], self.u[i, 2]).format(**self._address(self._sheet(i), i))
            if self.columns["detail"][i]
            else ""
        )
        body = self._later_answer(i) if self.columns["round"][i] > 0 else self._substance(i)
        return self._reply(i, self._opener(i), body, more, _of(self.words["reply"]["close_open"], self.u[i, 3]))

    def _later_answer(self, i: int) -> str:
        """Speak of another topic of the sheet than the first answer did."""
        kept = self.slot_u[i, 5]
        self.slot_u[i, 5] = (kept + 0.25 * self.columns["round"][i]) % 1.0
        text = self._substance(i)
        self.slot_u[i, 5] = kept
        return text

    def _fulfill(self, i: int) -> str:
        return self._reply(i, self._say("reply", "fulfill", i), self._substance(i))

    def _deflect(self, i: int) -> str:
        sheet = self._sheet(i)
        key = DESTINATIONS[self.columns["destination"][i]]
        return self._reply(
            i,
            self._opener(i),
            self._say("deflect", key, i, **self._address(sheet, i)),
            _of(self.words["reply"]["close_deflect"], self.u[i, 3]),
        )

    def _clarify(self, i: int) -> str:
        return self._reply(i, self._opener(i), self._fill(_of(self._sheet(i).lines["clarify"], self.u[i, 0]), i))

    def _acknowledge(self, i: int) -> str:
        return self._reply(i, self._opener(i), self._say("reply", f"acknowledge_{self._tone(i)}", i))

    def _escalate(self, i: int) -> str:
        return self._reply(i, self._opener(i), self._say("reply", "escalate", i))

    # -- persons
    # ------------------------------------------------------------------------------------------------------------------

    def _ask(self, i: int, lines: Sequence[str], key: str) -> str:
        channel = self.columns["content"][i]
        if channel == 2:
            return self._say("person", f"quote_{key}", i)
        body = _join(
            _of(self.words["person"][f"open_{key}"], self.u[i, 0]),
            self._fill(_of(lines, self.slot_u[i, 5]), i),
            _of(self.words["person"][f"close_{key}"], self.u[i, 1]),
        )
        named = f"@{self._handle(self.columns['target'][i])}"
        if self.columns["second"][i] != NONE:
            named += f" @{self._handle(self.columns['second'][i])}"
        if channel == 1 or self.u[i, 2] < 0.7:
            return f"{named} {body}"
        return f".{named} {body}" if self.u[i, 2] < 0.8 else f"{body} {named}"

    def _question(self, i: int) -> str:
        return self._ask(i, self._sheet(i).lines["asks"], "question")

    def _complaint(self, i: int) -> str:
        return self._ask(i, self._sheet(i).lines["gripes"], "complaint")

    def _praise(self, i: int) -> str:
        return self._ask(i, self._sheet(i).lines["praise"], "praise")

    def _split(self, i: int) -> str:
        return self._say("person", "split", i)

    def _to(self, i: int, text: str) -> str:
        return f"@{self._handle(self.columns['target'][i])} {text}"

    def _chase(self, i: int) -> str:
        return self._to(i, self._say("person", f"chase_{_KINDS_OF_ASK[self.columns['detail'][i]]}", i))

    def _followup(self, i: int) -> str:
        after, tone = self.columns["content"][i], self.columns["detail"][i]
        key = {0: "follow_deflect", 1: "follow_clarify"}.get(
            int(after), "follow_thanks" if tone == 2 else "follow_more"
        )
        return self._to(i, self._say("person", key, i))

    def _chat(self, i: int) -> str:
        return self._to(i, self._say("person", "chat_back" if self.columns["detail"][i] else "chat", i))

    def _talk(self, i: int) -> str:
        return self._say("person", "talk", i)

    def _digest(self, i: int) -> str:
        return self._say("bot", "digest", i, handle=self._handle(self.columns["target"][i]))
