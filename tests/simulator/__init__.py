"""The simulated CJ against CJ's documentation: shapes, errors, limits, and the flow of an order."""
