"""Compare, rank, model and test: what is asked of the measured values."""
