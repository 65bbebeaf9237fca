"""What an expression makes CloudNativePG do, what crontab(5) would do with it, and how to mend it."""
