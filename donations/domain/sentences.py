"""Sentences that readers may see, marked where they stand so that translators are given them."""


def N_(sentence: str) -> str:
    """The sentence itself. It is translated where it is shown, on a floor that knows the language."""
    return sentence
