"""
Side by side: the best offer for each product, ranked with reasons.

    ranking      score, order and badges: pure arithmetic
    contenders   what is weighed of an offer, and how much of it can be relied on
    reasons      why it stands where it stands, in sentences
    likeness     how alike two products are, and what fits a search, by the words of titles
    words        a title's words in their common form
    contest      one supplier's offers, from a search or from ids
"""
