"""Verbs that change state. Each takes the session first, never commits, and is told what time it is."""
