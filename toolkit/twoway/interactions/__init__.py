"""Who talks with whom: turns owed, answers, episodes, conversations, dyads."""

from .annotate import Interactions, annotate

__all__ = ["Interactions", "annotate"]
