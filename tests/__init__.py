"""What the gateway promises, as tests; ARCHITECTURE.md says what lies where."""
