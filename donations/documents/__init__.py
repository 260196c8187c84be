"""What we set as PDF: tagged, in the reader's language, the same on every machine."""
