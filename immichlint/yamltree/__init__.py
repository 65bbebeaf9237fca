"""YAML with positions: parse, look up, plan edits."""
