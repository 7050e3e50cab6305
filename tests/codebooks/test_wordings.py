"""Wordings of brands by family, invented for the tests: what each reply does, where it sends to, how it speaks."""

from __future__ import annotations

import polars as pl
import pytest

from twoway.codebooks.kernel import coded, column_of
from twoway.codebooks.load import load_codebook

RESOLUTION = {
    "open_answer": [
        "Have you tried uninstalling and reinstalling the lamp app?",
        "The spare part weighs just over 12kgs so it can be carried.",
        # facts of time, price and place
        "@cleo The last ferry leaves at 22.40 on Sundays.",
        "Refunds usually take 5-10 business days to show on your card. ^AB",
        "The socket is on the left side of the box, next to the fuse.",
        "There is a £3 charge for each bag over 20 kg.",
        # instructions, also as a question or with a link or an offer on top
        "Hi Nora! Please unplug the kettle for two minutes, then press the blue button. -Sam",
        "Could you try restarting the scale and pairing it again? Keep us posted /KL",
        "Try clearing the cache and reinstall the app following the steps here: https://example.com/a",
        "Please power cycle the lamp and try again: https://example.com/b",
        "Go to Settings > Sound and make sure Night Mode is off. Feel free to DM us with any questions!",
        # explanations and conditions
        "The pool is closed because the pump is being replaced.",
        "If you booked before 3 May, the old price applies to the whole stay.",
        # denials, decisions, remedies
        "Unfortunately we no longer sell the green one.",
        "Sorry, there is no way to change the name once the ticket is issued. More here: https://example.com/c",
        "We've refunded the second payment, Ivo. Sorry for the mix-up! *JD",
        "I can offer you a $10 credit for the missed concert.",
        # policies and product facts
        "You may bring one small bag on board, any others must be checked.",
        "The set comes with both cables, so you won't need to buy one.",
        "We'd recommend booking at least a week in advance.",
        # short answers
        "Not yet, but soon.",
        "Yes, until six on weekdays.",
        "Correct. It will be there on Monday. ^MO",
        # what follows an apology may be the matter itself
        "We regret to inform you that the deposit cannot be moved to another date. - Ada",
        "Sorry, but we do not carry surfboards on the ferry.",
        "We don't sell the green one at present, but we'll pass your wish on to the team.",
        "Kindly proceed to the red counter to have your badge printed.",
        "Could you try pairing it again with the lamp switched off? Any better? /AB",
    ],
    "escalate": [
        "I've passed this on to the depot and will come back to you.",
        "Thanks for the details. We'll share your feedback with the kitchen team.",
        "We're aware of this and our engineers are working on it.",
        "Thank you, Rosa. A member of our team will be in touch shortly.",
        "We'll get this reported. Nicely spotted! /QT",
        "I'd be glad to look into this for you. *PL",
        "Your case has been forwarded to the claims team.",
        "Our lamp people are on the case.",
        "It is under review, and you will be contacted by the depot. ^CD",
        "Thanks, we'll get that checked.",
    ],
    "deflect": [
        "Have your neighbor message us.",
        "Please DM us your order number so that we can look into this for you.",
        "We take this very seriously. Send us a direct message with your phone number.",
        "I understand how frustrating that is. Shoot me a DM and I'll get you sorted! *KarlaB",
        "We've just replied to your DM. Let's carry on chatting there /DE",
        "Sorry to hear that! Please reach out to us here: https://example.com/help ^TU",
        "Here to help! Send us a note at https://example.com/n so our team can connect.",
        "For more info, please visit https://example.com/fees",
        "Please call our bookings team on 0800 123 4567.",
        "You can find your return options here: https://example.com/r ^UV",
        "Our live chat can take a look at that with you: https://example.com/chat",
        "We are unable to view your account on Twitter. Please contact us by phone or chat: https://example.com/x",
        "Please get in touch with @OurOtherShop, they look after parcels.",
        "Please contact the manufacturer about that.",
        "Things have been busy at the harbor. Here is a page that may be useful: https://example.com/w",
    ],
    "clarify": [
        "Which version are you on?",
        "Oh no! What does the tracking say at the moment? ^AB",
        "Hi there, could you tell us which store this was? - Bo",
        "Can you send us a screenshot of what you are seeing?",
        "Without giving personal details, please tell us a bit more about the problem.",
        "May we have the flight number, please?",
        "Did the delivery date in your e-mail pass already? Check here: https://example.com/orders ^CD",
        "Sorry about that. Have you had a chance to contact us about it? If so, what was the answer?",
        "Just checking in to see if you are still having trouble with the line. -GO",
        "May I have the locker code of your kayak? :)",
        "Kindly elaborate on what the oven does then.",
    ],
    "acknowledge": [
        "The next available agent will be with you as soon as possible.",
        "No trophy for us?! We're not worried ;)",
        "Thank you so much for the kind words, Lena!",
        "We're sorry for the wait and the inconvenience.",
        "You're welcome. Have a lovely evening! ^EF",
        "Glad to hear that it arrived! If you need anything else, just give us a shout.",
        "We never want you to feel this way, and appreciate your feedback.",
        "Haha, that is one happy dog! 🐶",
        "Happy birthday to your little captain! #birthday https://example.com/pic",
        "Please let us know if we can ever help.",
        "We can't wait to see you on board!",
        "Never post your locker number here, it is personal and this wall is public.",
        "Our kayaks should always be clean, Piet. So sorry that yours was not.",
        "Great! Please let us know how it goes.",
    ],
}

DESTINATION = {
    "dm": [
        "Pls follow/DM your confirmation number.",
        "Send us a private message, please.",
        "Check your DMs for our answer.",
    ],
    "web_page": [
        "More here: https://example.com/a",
        "Please use the link above to reach us.",
        "You can follow it at https://example.com/b Send us a DM if you have questions.",
        "It is on our help page. See our website.",
    ],
    "phone": [
        "Call us on 0800 123 4567.",
        "Our team at 555-867-5309 can change it.",
        "Please reach us by phone: https://example.com/p",
    ],
    "email": ["Write to help@example.com.", "Please check your e-mail for the voucher."],
    "form": ["Please fill in this form: https://example.com/form"],
    "store": ["Take it back to your local store.", "Please see any of our agents at the gate."],
    "chat_or_app": ["Our live chat is open: https://example.com/chat", "Chat with us at https://example.com/c"],
    "other_handle": ["Please contact @OurOtherShop about that."],
}

#: Sentences that look like a destination and are none.
NO_DESTINATION = {
    "dm": ["Send us a note at https://example.com/n", "The message on the box is in French."],
    "web_page": [
        "Our heart beats faster. #costumes https://example.com/pic",
        "Can you DM us your address? We'll take a look /KC https://example.com/dm",
        "I am sorry that the text is cut sho... https://example.com/rest",
        "See you soon! 😂 https://example.com/pic",
    ],
    "phone": ["We will call you back today.", "It opens at 9.30 and costs 12.50."],
    "email": ["Please DM us your email address."],
    "form": ["Bring a second form of ID."],
    "store": ["Did you buy it in store or online?"],
    "other_handle": ["Hello @115 we would be happy to help."],
}


def codes_of(name: str, texts: list[str]) -> pl.DataFrame:
    book = load_codebook(name)
    frame = pl.DataFrame({"row": range(len(texts)), "text": texts}, schema={"row": pl.Int64, "text": pl.String})
    found = coded(frame, [book], {}).sort("row")
    return found.select(pl.col(column_of(book, label)).alias(label) for label in book.label_names)


def wrong(name: str, label: str, texts: list[str], *, holds: bool) -> list[str]:
    got = codes_of(name, texts)[label].to_list()
    return [text for text, code in zip(texts, got, strict=True) if code is not holds]


@pytest.mark.parametrize("label", RESOLUTION)
def test_each_family_of_replies_gets_its_label(label: str) -> None:
    assert not wrong("resolution", label, RESOLUTION[label], holds=True)


@pytest.mark.parametrize("label", DESTINATION)
def test_each_place_is_found(label: str) -> None:
    assert not wrong("destination", label, DESTINATION[label], holds=True)


@pytest.mark.parametrize("label", NO_DESTINATION)
def test_what_looks_like_a_place_is_none(label: str) -> None:
    assert not wrong("destination", label, NO_DESTINATION[label], holds=False)


def test_there_are_enough_wordings_to_notice_a_change() -> None:
    families = [*RESOLUTION.values(), *DESTINATION.values(), *NO_DESTINATION.values()]
    assert len({text for family in families for text in family}) >= 60


@pytest.mark.parametrize(
    "text",
    [
        "We will call you. ^JB", "We will call you. *AnnaB", "We will call you - Sam", "We will call you /KB",
        "We will call you. ~ Ellen", "We will call you. KB", "Call you soon -K 1/2", "We call! ^JB https://example.com/a",
        "We will call you. ^mg", "We will call you.-Nick",
    ],
)  # fmt: skip
def test_signatures_are_found_and_are_not_part_of_what_is_said(text: str) -> None:
    assert codes_of("voice", [text])["signature"].to_list() == [True]


@pytest.mark.parametrize(
    "text",
    [
        "Open 9 - 5",
        "Have fun - and thanks",
        "It is well-known",
        "Size 3/4",
        "Good luck. Thanks",
        "@AB Call us. See @CD",
        "We saw it 😂 https://example.com/GimVET",
    ],
)
def test_what_looks_like_a_signature_is_none(text: str) -> None:
    assert codes_of("voice", [text])["signature"].to_list() == [False]


def test_markers_of_the_worked_example_of_human_voice() -> None:
    text = "Hi Anna, I'm so sorry about that! Can you tell me which store it was? ^JB"
    marks = codes_of("voice", [text]).row(0, named=True)
    labels = list(marks)
    families = [sum(marks[label] for label in labels[start : start + 5]) / 5 for start in (0, 5, 10)]
    assert len(labels) == 15
    assert families == [1.0, 0.4, 0.4]
    assert sum(families) / 3 == pytest.approx(0.60)
