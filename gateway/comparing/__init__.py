"""
Side by side: the best offer for each product, ranked with reasons.

    ranking      score, order, badges and reasons: pure arithmetic
    likeness     how alike two titles are, and by which words
    contest      one supplier's offers, from a search or from ids
"""
