"""
Side by side: the best offer for each product, ranked with reasons.

    comparison   suppliers side by side, each asked once and answering by itself
    best_offer   one product at its best, or why there is no quote
    candidates   which variants and origins of a product are worth a price
    offers       offers in one order: what the ranking hears of each, and what it says
    ranking      score, order and badges: pure arithmetic
    contenders   what is weighed of an offer, and how much of it can be relied on
    reasons      why it stands where it stands, in sentences
    likeness     how alike two products are, and what fits a search, by the words of titles
    words        a title's words in their common form
"""
