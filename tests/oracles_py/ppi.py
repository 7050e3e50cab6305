"""Write what ppi-python finds for a few samples; run by hand, never by the tests."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np

ALPHA = 0.05


def samples():
    """Give labeled codes of people and rules, and codes of rules for other posts."""
    rng = np.random.default_rng(7)
    yield "worked", np.array([1, 0, 1, 0.0]), np.array([1, 0, 0, 0.0]), np.array([1, 1, 1, 1, 0, 0, 0, 0.0])
    for name, share, hit, alarm, n, others in (
        ("good rules", 0.3, 0.85, 0.05, 40, 200),
        ("rare label", 0.08, 0.7, 0.02, 60, 300),
        ("useless rules", 0.4, 0.5, 0.5, 30, 100),
        ("many labels", 0.5, 0.9, 0.1, 80, 60),
    ):
        truth = (rng.random(n + others) < share).astype(float)
        predicted = (rng.random(n + others) < np.where(truth == 1, hit, alarm)).astype(float)
        yield name, truth[:n], predicted[:n], predicted[n:]
    truth = (rng.random(150) < 0.35).astype(float)
    score = np.round(np.clip(0.3 + 0.4 * truth + rng.normal(0, 0.2, 150), 0, 1), 3)
    yield "probabilities", truth[:50], score[:50], score[50:]


def main() -> None:
    from ppi_py import ppi_mean_ci, ppi_mean_pointestimate

    cases = {}
    for name, truth, predicted, others in samples():
        found = {"truth": truth.tolist(), "predicted": predicted.tolist(), "others": others.tolist()}
        for method, lam in (("ppi", 1.0), ("ppi++", None)):
            value = ppi_mean_pointestimate(truth, predicted, others, lam=lam)
            low, high = ppi_mean_ci(truth, predicted, others, alpha=ALPHA, lam=lam)
            found[method] = [float(np.squeeze(x)) for x in (value, low, high)]
        cases[name] = found
    written = {"ppi-python": version("ppi-python"), "numpy": version("numpy"), "cases": cases}
    Path(__file__).with_suffix(".json").write_text(json.dumps(written) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
