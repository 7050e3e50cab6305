"""Corpora made up by a process whose laws are known, for teaching and for testing measures against the truth.

`simulate_corpus` is the door; `simulate_tables` gives the same as plain tables.
"""

from .laws import OrganizationLaw, TownLaw
from .maker import simulate_corpus, simulate_tables
from .tables import SimulatedTables
from .truth import Truth

__all__ = ["OrganizationLaw", "SimulatedTables", "TownLaw", "Truth", "simulate_corpus", "simulate_tables"]
