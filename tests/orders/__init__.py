"""Orders and money, through the real ledger, adapter and pipeline, against the simulated CJ."""
