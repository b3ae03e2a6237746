"""Orders as clients meet them."""
