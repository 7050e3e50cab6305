"""twoway: measure two-way interaction in social media."""
