"""The commands: each module here is one, its name is the command's, and `command` is the click command.

Adding a command is adding a module; only the one that is called is imported.
"""
