"""Functions on Arrow batches of text: marks, mentions, what replies do, how alike, varied and specific they are."""
