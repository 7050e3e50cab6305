r"""Formulas of the catalogue as plain text: `\frac{a}{b}` becomes `a / b`, Greek letters become themselves."""

from __future__ import annotations

import re

__all__ = ["plain_formula"]

_SIGNS = {
    "in": "∈", "le": "≤", "ge": "≥", "ne": "≠", "to": "→", "cdot": "·", "sum": "Σ", "int": "∫", "exists": "∃",
    "forall": "∀", "mid": "|", "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "lambda": "λ", "mu": "μ",
    "nu": "ν", "rho": "ρ", "sigma": "σ", "tau": "τ", "ell": "ℓ", "top": "ᵀ", "left": "", "right": "", "Bigl": "",
    "Bigr": "", "quad": " ", "infty": "∞", "times": "×", "approx": "≈", "cup": "∪", "cap": "∩", "notin": "∉",
}  # fmt: skip
_HATS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303"}
_RAISED = str.maketrans("0123456789+-n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ")
_LOWERED = str.maketrans("0123456789+-aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_LOW_SIGNS = set("0123456789+-aehijklmnoprstuvx")
# Braces of a set are part of the formula; while the others are taken away they stand aside.
_OPEN, _CLOSE = "\ue000", "\ue001"


def plain_formula(formula: str) -> str:
    r"""Write a formula in LaTeX as a line of plain text.

    Parameters
    ----------
    formula
        What a metric declares: the LaTeX of fractions, roots, sums, sets, indices and words.

    Examples
    --------
    >>> plain_formula(r"\frac{|\{t \in R_a : \text{answered}\}|}{|R_a|}")
    '|{t ∈ Rₐ : answered}| / |Rₐ|'
    >>> plain_formula(r"1 - \frac{n + 1}{\sqrt{2}}"), plain_formula(r"\hat S_a(24\,\mathrm{h})")
    ('1 - (n + 1) / √2', 'Ŝₐ(24 h)')
    """
    text = formula.replace(r"\{", _OPEN).replace(r"\}", _CLOSE)
    text = re.sub(r"\\[,;: ]", " ", text).replace(r"\!", "")
    while (found := re.search(r"\\(?:frac|sqrt|binom|text|mathrm|operatorname|mathbf)\{", text)) is not None:
        text = _unfolded(text, found)
    text = re.sub(r"\\(hat|bar|tilde)\s*(?:\{(\w)\}|(\w))", lambda m: (m[2] or m[3]) + _HATS[m[1]], text)
    text = re.sub(r"\\([A-Za-z]+)\s*", _sign, text)
    text = _indices(text)
    text = text.replace("{", "").replace("}", "").replace(_OPEN, "{").replace(_CLOSE, "}")
    return _composed(re.sub(r"\s+", " ", text).strip())


def _sign(found: re.Match[str]) -> str:
    """Write a command as its sign, or as its name with room after it: `ln x`."""
    name, follows = found[1], found.string[found.end() : found.end() + 1]
    if name in _SIGNS:
        return _SIGNS[name] + (" " if found.group()[-1].isspace() else "")
    return name + (" " if follows.isalnum() or follows in ("√", "\\", "(") and found.group()[-1].isspace() else "")


def _unfolded(text: str, found: re.Match[str]) -> str:
    name = found.group()[1:-1]
    first, end = _group(text, found.end() - 1)
    if name in {"frac", "binom"}:
        second, end = _group(text, text.index("{", end))
        inside = f"{_whole(first)} / {_whole(second)}" if name == "frac" else f"C({first}, {second})"
        # What follows without a sign is multiplied with all of the fraction, not with its lower part.
        if name == "frac" and re.match(r"\s*[^\s+\-=,.:)}|]", text[end:]):
            inside = f"({inside}) "
    elif name == "sqrt":
        inside = f"√{_whole(first)}"
    else:
        inside = first
    # A command before it must not run into what it is followed by.
    apart = " " if re.search(r"\\[A-Za-z]+$", text[: found.start()]) else ""
    if apart and name == "frac" and not inside.startswith("("):
        inside = f"({inside})"
    return text[: found.start()] + apart + inside + text[end:]


def _group(text: str, start: int) -> tuple[str, int]:
    """Return what stands between the brace at `start` and its partner, and the place after it."""
    depth = 0
    for place in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return text[start + 1 : place], place + 1
    return text[start + 1 :], len(text)


def _whole(part: str) -> str:
    """Put brackets around a sum or product, so that it stays one part of a line."""
    part = part.strip()
    outside, depth, is_in_bars = "", 0, False
    for sign in part:
        is_in_bars ^= sign == "|"
        depth += {"(": 1, "{": 1, _OPEN: 1, ")": -1, "}": -1, _CLOSE: -1}.get(sign, 0)
        outside += "" if depth or is_in_bars else sign
    return f"({part})" if re.search(r"[ +\-/]", outside.strip("|)} " + _CLOSE)) else part


def _indices(text: str) -> str:
    def lowered(found: re.Match[str]) -> str:
        part = (found[1] or found[2]).strip()
        if set(part) <= _LOW_SIGNS and len(part) <= 3:
            return part.translate(_LOWERED)
        return f"_{part}" if part.isalnum() else f"_({part})"

    def raised(found: re.Match[str]) -> str:
        part = (found[1] or found[2]).strip()
        signs = part.translate(_RAISED)
        return signs if not re.search(r"[^⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿᵀ*]", signs) else f"^{part}" if len(part) == 1 else f"^({part})"

    text = re.sub(r"_(?:\{([^{}]*)\}|([^\s{}]))", lowered, text)
    return re.sub(r"\^(?:\{([^{}]*)\}|([^\s{}]))", raised, text)


def _composed(text: str) -> str:
    import unicodedata

    return unicodedata.normalize("NFC", text)
