"""The API's outer shape: form decoding, checks against the description, idempotency, errors, lists."""
