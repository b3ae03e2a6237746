"""The customers' side: one GraphQL endpoint in front of every provider."""
