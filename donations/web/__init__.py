"""The web: parse, call one verb, render."""
