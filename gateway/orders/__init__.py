"""
Placing, paying and following orders.

`state` says which steps are possible, `records` what an order is to us, and `ledger` keeps both through any
crash.
"""
