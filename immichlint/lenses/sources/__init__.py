"""Where the values of a release come from: one module per way to write a release."""
