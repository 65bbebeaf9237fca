"""Errors that a person can mend: wrong usage, wrong configuration."""

from __future__ import annotations


class UserError(Exception):
    """Wrong usage or configuration: the program ends with exit code 2 and prints the message.

    The message is one clear sentence, or two, and tells what to do.
    """
