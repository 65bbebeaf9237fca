"""What was found out once and is told again while nothing has changed: in the user's cache folder, never needed."""
