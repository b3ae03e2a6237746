"""
What goods cost at the door: parcels chosen by stock, landed cost line by line, quotes that can be held to.

    baskets      one basket of one supplier, quoted; desk is what a request quotes with
    origins      parcels, from which country, by stock; problems says what stands against it
    quotes       a supplier's ways to send a parcel as quotes
    landed       items + shipping + what the border takes, in one currency
    border       duty and import tax by destination and day: which rules hold for a parcel
    reckoning    what one of them takes; wording has the words for it
    rulebook     what such a rule says; rulefile reads and checks border.toml or an operator's own
    rates        reference rates between currencies; references says how old they and the rules are
    prices       unit price and smallest order at a quantity
    tokens       signed quote ids
"""
