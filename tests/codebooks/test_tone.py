"""The tone of persons' posts: wordings invented for the tests, and the hand codes where they are at hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

from twoway.codebooks.kernel import coded, column_of
from twoway.codebooks.load import load_codebook

WORDINGS = {
    "criticism": [
        # judgments
        "Worst bakery in town.",
        "Your website is useless.",
        "The soup was cold and the waiter was rude.",
        "So disappointed in your support.",
        # failures that go on
        "Three weeks and still no reply from your office.",
        "Fourth time this month the train is late. Unacceptable.",
        "I have been on hold for two hours, this is a joke.",
        "@shop I want my refund, it has been 20 days 😡",
        # blame, promises, negated services
        "Your driver never showed up and nobody picks up the phone.",
        "You promised a call back and nothing happened.",
        "No one at your counter could help us, they just shrugged.",
        "We are paying for a gym that is closed half the time.",
        # rhetorical questions
        "Why does your app crash every time I open it?",
        "How hard can it be to deliver a letter?",
        "Do you guys even read your messages?",
        "Is this how you treat loyal customers?",
        "My parcel was left in the rain, what were you thinking?",
        # sarcasm
        "Thanks for losing my suitcase again.",
        "Great, the bus is late again.",
        "Way to ruin our holiday.",
        # demands and farewells
        "Fix your website!!",
        "Charged twice for one ticket, give me my money back!",
        "Never ordering from you again.",
        "¡Qué vergüenza de servicio!",
        # anger in capitals at the end
        "@shop You said Monday and it is Friday! WTF",
        "Your hotline is a joke.",
        "What a farce of a museum, avoid it.",
        "What a sham, your museum pass is a money grab.",
        "Your ushers are condescending and the seats are clunky.",
        "The bill is botched and there is no way to reach a human.",
        "Thanks for the answer, but it still isn't working.",
        "Looking for another gym after this. #nothelpful",
    ],
    "praise": [
        "Thank you!",
        "Thanks so much for the quick help 😊",
        "Your staff at the museum were wonderful today.",
        "Best bread in town, love it!",
        "@shop you guys are the best",
        "Kudos to the driver of bus 12, so friendly.",
        "Just got my parcel, fast as ever. Love this shop!",
        "Great service at your desk this morning.",
        "Huge thanks to Maria at the counter, she saved my trip!",
        "What an amazing concert hall, well done.",
        "Really impressed with the new app.",
        "Thank you for fixing it so fast!",
        "Sooo good, the friendliest bakers ever!",
        "@shop your baker is a genius, love the new rolls!",
        "Thanks a lot for the quick reply!",
        "The cook was hilarious and so accommodating!",
        "Blown away by tonight's concert, flawless!",
        "I got it working, thanks though!",
    ],
    "mixed": [
        "The food was great but the service was terribly slow.",
        "Love your trains, but the app is awful.",
        "Friendly staff, however the room was dirty.",
        "The update broke my search, but I love the new colors.",
        "Great museum! I just wish it opened earlier.",
        "Your new tickets look lovely, but they aren't readable in the sun.",
        "I love you guys, but even the kiosk next door has warmer rolls.",
        "The host was pleasant but less than helpful with our bags.",
        "Your museum is my favorite. I love the garden, but you keep closing it.",
        "The concert hall looks great but isn't friendly to wheelchairs.",
        "Terribly long wait at the gallery. The show is great otherwise!",
    ],
    "neutral": [
        "When does the museum open on Sunday?",
        "@shop do you ship to Norway?",
        "My order number is 4711.",
        "Yes, I sent it yesterday.",
        "Can I bring my dog on the tram?",
        "@rail which platform for the 9:15 to York?",
        "I am using the second version on Windows.",
        "My order has not arrived yet, can you check?",
        "@shop the login page shows an error, can you help please?",
        "Just sent you a DM.",
        "Is there a vegan menu?",
        "It says the file is corrupted. What should I do?",
        "I would like to change my booking to Friday.",
        "I am having trouble with my login, can you help?",
        "Has anyone else had an error when paying with the app?",
        "Good morning, how do I return a jacket?",
        "Ok, will do.",
        "I would love to come but when do you open?",
        "It would be great to have a map, is there one?",
        "I wish to book a table, however I have no account.",
        "",
    ],
}

#: F1 on all coded items must not fall under these: a little under what was measured when the rules were written.
#: Of mixed posts there are three, too few to hold. On 285 clear posts to brands, coded by one reader, most of them
#: before the last words were chosen, F1 was .87 for criticism, .95 for praise and .86 for neutral.
FLOORS = {"criticism": 0.82, "praise": 0.88, "neutral": 0.86}


def tones(texts: list[str]) -> list[str]:
    """Code texts by the bundled rules."""
    book = load_codebook("tone")
    frame = pl.DataFrame({"row": range(len(texts)), "text": texts}, schema={"row": pl.Int64, "text": pl.String})
    found = coded(frame, [book], {}).sort("row").to_dicts()
    return [next(name for name in book.label_names if row[column_of(book, name)]) for row in found]


@pytest.mark.parametrize("label", WORDINGS)
def test_wordings_of_each_tone(label: str) -> None:
    found = tones(WORDINGS[label])
    wrong = {text: got for text, got in zip(WORDINGS[label], found, strict=True) if got != label}
    assert not wrong, f"taken for something else than {label}: {wrong}"


def test_a_handle_in_front_changes_no_clear_tone() -> None:
    texts = ["Worst bakery in town.", "Thank you!", "Is there a vegan menu?"]
    assert tones([f"@shop {text}" for text in texts]) == tones(texts) == ["criticism", "praise", "neutral"]


@pytest.fixture(scope="module")
def posts(shared_data: Callable[[str], Path]) -> pd.DataFrame:
    """Posts of persons on whose tone both coders agree."""
    codes = pd.read_csv(shared_data("coded_replies/codes.csv"), dtype=str, keep_default_na=False)
    texts = pd.read_csv(shared_data("twcs/head_threads.csv.gz"), dtype=str, keep_default_na=False)
    codes = codes.assign(text=codes["customer_tweet_id"].map(texts.set_index("tweet_id")["text"]))
    codes = codes[codes["tone"] != ""]
    return codes.assign(found=tones(codes["text"].to_list()))


@pytest.mark.parametrize("label", FLOORS)
def test_rules_agree_with_hand_codes(posts: pd.DataFrame, label: str) -> None:
    truth, found = posts["tone"].eq(label).to_numpy(), posts["found"].eq(label).to_numpy()
    f1 = 2 * int((truth & found).sum()) / int(truth.sum() + found.sum())
    assert f1 >= FLOORS[label]


def test_the_order_of_texts_changes_no_code(posts: pd.DataFrame, rng: np.random.Generator) -> None:
    shuffled = posts.iloc[rng.permutation(len(posts))]
    assert tones(shuffled["text"].to_list()) == shuffled["found"].to_list()
