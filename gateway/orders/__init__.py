"""
Placing, paying and following orders: each once, through any crash, and never for more than was agreed.

Begin with `state`, which says what is possible, then read `ledger`, then `placing` and `paying`.

What an order is   state (its steps, as tables), diagram (drawn from them), records, troubles, amounts
Front              office (what may be asked), service (this gateway's), wishes (what a client asks for)
Once               carrying (each request), errands (its task), answers (kept for its key)
Steps              placing, paying, cancelling, disputing, disputes
With the supplier  working (a piece of work), means, calls (how a call ended), refusals (a clear no, told)
Looking            doubt, proof, history, following, looks, resuming
Words for people   sentences, discretion (without the buyer's address)
Policy             policy, policy_file, automation (pays by it), choosing (a method), rehearsing (beforehand)
Kept               ledger, book (its reading half), queries, rows, writing, leases, idempotency, spending

The house's own words, and what the field calls them:

deed       a command to the supplier, or its outcome: PAYMENT_SENT, PAYMENT_REFUSED; what it says is news
doubt      reconciling a call whose outcome is not known
proof      the evidence for that, in order and wallet
looks      polling: when an order is read again
errand     a background task that outlives the request which began it
resumer    the recovery worker, which also polls
means      the dependencies
patience   the timeouts
home       the supplier's account and mode (live or sandbox) in which an order lives
trouble    an error as a value, for the client
wish       an order request; checked, it becomes an intent, which is written ahead of the call
holder     the owner of a lease
"""
