"""The full corrected stack: every document of each Immich stack, mended, as a folder of its own."""
