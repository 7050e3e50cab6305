"""A small codebook as somebody would write it, and the same with examples of which half are coded otherwise."""

BOOK = """
name = "mine"
version = "1"
applies_to = "all"
[words]
late = ["late"]
[[labels]]
name = "late"
definition = "Says that something is late."
rule = "late"
"""

EXAMPLES = BOOK + 'positive = ["The train is late.", "It was delayed."]\nnegative = ["See you later.", "Too late?"]\n'
