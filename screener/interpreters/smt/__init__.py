"""A protocol as propositions for an SMT solver: each formula is (is true, is false)."""
