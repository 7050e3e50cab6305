"""Texts that are not in English are told from those that are, where nobody says so."""

from __future__ import annotations

import polars as pl
import pytest
from handmade import annotated, post, tables

import twoway as tw
from twoway.text.languages import looks_foreign

FOREIGN = {
    "es": "@ann Lamentamos mucho lo ocurrido, por favor envíanos un mensaje con los detalles",
    "pt": "Olá! Você pode nos enviar uma mensagem com seu e-mail?",
    "fr": "Bonjour, nous sommes désolés pour votre retard. Pouvez-vous nous écrire?",
    "de": "Das tut uns leid. Bitte schick uns die Nummer und wir sehen nach.",
    "it": "Ciao, non è una cosa che possiamo fare qui, grazie per la pazienza",
    "nl": "Wat vervelend, stuur ons even een bericht met je nummer, dan kijken wij het na",
    "id": "Mohon maaf kak, silakan kirim nomor pesanan anda dan kami akan bantu",
    "tr": "Merhaba, bu konuda size yardımcı olmak için bir mesaj bekliyoruz",
    "ja": "ご不便をおかけして申し訳ございません",
    "ru": "Здравствуйте, напишите нам, пожалуйста",
    "ar": "مرحبا، يرجى مراسلتنا",
}
ENGLISH = [
    "@ann We're sorry about that! Could you send us your order number? ^JB",
    "Study: Coffee Drinkers in Los Angeles Live Longer, El Camino Doctors Say http://a.example/1",
    "The café on the Rue de la Paix is open, and so is the one at La Plaza",
    "Temporary staff linked to more medication errors",
]


@pytest.mark.parametrize("lang", FOREIGN)
def test_other_languages_are_seen(lang):
    assert looks_foreign(pl.Series([FOREIGN[lang]])).to_list() == [True]


@pytest.mark.parametrize("text", ENGLISH)
def test_english_with_foreign_names_is_english(text):
    assert looks_foreign(pl.Series([text])).to_list() == [False]


def test_too_few_words_tell_nothing():
    assert looks_foreign(pl.Series(["", None, "Ok!", "@ann 👍", "Muchas gracias, Ana"])).to_list() == [None] * 5


def rules_of(told, lang=None):
    """Return the flags of each account's replies: account to (text, how often)."""
    rows, roles = [post("q", "ann", 0, "@shop why is it so dark in here?")], {"ann": "public"}
    for account, (text, n) in told.items():
        roles[account] = "official"
        rows += [post(f"{account}{i}", account, i + 1, text, "q") for i in range(n)]
    posts, accounts = tables(rows, roles)
    if lang:
        posts["lang"] = lang
    table = tw.measure(annotated(posts, accounts), ["human_voice", "near_duplicate_share"], by="account").table
    return table.set_index(["unit_id", "metric"])["flags"].str.contains("lexicon_language_mismatch").to_dict()


def test_rules_of_english_are_flagged_by_unit_where_no_language_is_given():
    found = rules_of({"shop": (ENGLISH[0], 20), "tienda": (FOREIGN["es"], 3), "mise": (FOREIGN["ja"], 3)})
    assert found == {(unit, name): unit != "shop" and name == "human_voice" for unit, name in found}
    assert len(found) == 6


def test_a_given_language_is_believed():
    assert rules_of({"tienda": (FOREIGN["es"], 3)}, "en")["tienda", "human_voice"] is False
    assert rules_of({"shop": (ENGLISH[0], 3)}, "es")["shop", "human_voice"] is True
    assert rules_of({"tienda": (FOREIGN["es"], 3)}, "und")["tienda", "human_voice"] is False
