"""Functions on Arrow batches of text: marks, mentions, and where a reply sends people."""
