class Coverage: pass
def count_coverage(c): return None
