"""Texts that a person types where the configuration decides nothing."""

from __future__ import annotations

import pytest

from immichlint.config.decided import flaw

PATH = "That is not what was expected: a bucket of S3 and a path in it, such as `s3://backups/immich`."
URL = "That is not what was expected: a URL without a user and a password, such as `https://s3.example.org`."
NAME = "That is not what was expected: the name of a Secret, such as `immich-backup`, and no key."
UNSEEN = "There are characters in it that cannot be shown. Type it again."


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("backup_path", "s3://backups/immich", ""),
        ("backup_path", "s3://${BUCKET}", ""),
        ("backup_path", "/mnt/backups", PATH),
        ("backup_path", "s3://key:hunter2@backups/immich", PATH),
        ("backup_path", "s3://backups/\x1b[A", UNSEEN),
        ("backup_endpoint", "https://s3.example.org:9000/x", ""),
        ("backup_endpoint", "s3.example.org", URL),
        ("backup_endpoint", "https://key:hunter2@s3.example.org", URL),
        ("backup_secret", "immich-backup.v2", ""),
        ("backup_secret", "AKIAIOSFODNN7EXAMPLE", NAME),
        ("backup_secret", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", NAME),
        ("backup_secret", "0f" * 32, NAME),
        ("backup_secret", "immich-", NAME),
    ],
)
def test_a_text_is_held_to_the_schema_and_never_repeated(name: str, text: str, said: str) -> None:
    assert flaw(name, text) == said
