"""Letters from rows: what each says is gathered when it is sent, and so is whether it still applies."""
