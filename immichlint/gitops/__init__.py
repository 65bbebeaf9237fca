"""What applies which manifest, where, and with what on top."""
