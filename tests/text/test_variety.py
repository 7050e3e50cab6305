"""D7: variety and compressibility, against plain loops."""

import numpy as np
import pytest

from twoway.errors import SchemaError
from twoway.text.variety import compression_ratio, mattr, mtld, relative_compression, type_token_ratio

REPLY = "Hi Ann, we are very sorry to hear about this. Please send us your order number and we will look into it."


def slow_factors(words):
    seen, count, factors = set(), 0, 0.0
    for word in words:
        seen.add(word)
        count += 1
        if len(seen) / count < 0.72:
            factors, seen, count = factors + 1, set(), 0
    return factors + ((1 - len(seen) / count) / (1 - 0.72) if count else 0)


def slow_mtld(words):
    both = [slow_factors(words), slow_factors(words[::-1])]
    return sum(len(words) / f if f >= 1 else len(words) for f in both) / 2, min(both) < 1


def slow_mattr(words, window):
    runs = [words[i : i + window] for i in range(len(words) - window + 1)]
    return sum(len(set(run)) / window for run in runs) / len(runs)


def test_worked_example():
    found = mtld(list("abababcd"))
    assert (found.forward, found.backward, found.value, found.is_capped) == (4.0, 8.0, 6.0, False)


@pytest.mark.parametrize("vocabulary", [1, 3, 20, 150, 5000])
@pytest.mark.parametrize("n", [1, 7, 50, 133, 1200])
def test_against_loops(rng, vocabulary, n):
    words = [f"w{i}" for i in np.minimum(rng.zipf(1.3, n), vocabulary)]
    found = mtld(words)
    assert (found.value, found.is_capped) == (pytest.approx(slow_mtld(words)[0]), slow_mtld(words)[1])
    for window in (1, 5, 50):
        expected = slow_mattr(words, window) if n >= window else np.nan
        assert mattr(words, window) == pytest.approx(expected, nan_ok=True)
    assert type_token_ratio(words) == pytest.approx(len(set(words)) / n)


def test_a_ratio_of_exactly_72_does_not_end_a_factor():
    """18 different words of 25 are .72; one more repeat ends the factor."""
    words = [*range(18), 0, 1, 2, 3, 4, 5, 6]
    assert mtld(words).forward == pytest.approx(25.0)
    assert mtld([*words, 7]).forward == pytest.approx(26.0)
    assert slow_factors([*words, 7]) == 1
    assert slow_factors(words) == pytest.approx(1)


def test_no_complete_factor_is_capped_and_flagged():
    assert mtld(list("abcdefgh")) == (8.0, 8.0, 8.0, True)
    nearly = mtld([*range(40), 0])
    assert (nearly.value, nearly.is_capped) == (41.0, True)


def test_long_factors_do_not_depend_on_the_steps_they_are_sought_in():
    words = [*range(1000), *[0] * 400, *range(50)]
    assert mtld(words).value == pytest.approx(slow_mtld(words)[0])


def test_words_as_numbers_or_strings():
    text = "we are sorry and we are here and we look"
    words = text.split()
    numbers = [sorted(set(words)).index(w) for w in words]
    assert mtld(words) == mtld(numbers)
    assert mattr(words, 4) == mattr(numbers, 4)


def test_undefined():
    assert np.isnan(
        [type_token_ratio([]), mattr([], 5), mattr(["a"] * 4, 5), mtld([]).value, compression_ratio("")]
    ).all()
    assert np.isnan(relative_compression(["short"], ["also short"]))
    with pytest.raises(SchemaError, match="1 or more"):
        mattr(["a"], 0)


def test_repetition_compresses():
    once = compression_ratio(REPLY)
    assert 0.5 < once < 1.1
    assert compression_ratio(REPLY * 50) < 0.1 * once
    assert compression_ratio(REPLY) == compression_ratio(REPLY.encode())


def test_relative_compression(rng):
    free = [" ".join(f"w{i}" for i in rng.integers(0, 3000, 15)) for _ in range(600)]
    scripted = [f"{REPLY} {i}" for i in range(600)]
    found = relative_compression(scripted, free, seed=3)
    assert 0 < found < 0.4
    assert found == relative_compression(scripted, free, seed=3)
    assert found * relative_compression(free, scripted, seed=3) == pytest.approx(1, rel=0.05)
    assert relative_compression(free[:300], free[300:]) == pytest.approx(1, rel=0.02)
    # the public side does not depend on how much the brand has written
    again = relative_compression(scripted * 2, free, seed=3)
    assert again == pytest.approx(found, rel=0.2)
