"""The checks that need code: one module per rule category, one function per check."""
