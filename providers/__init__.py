"""The suppliers' side of the gateway: importable and testable without it."""
