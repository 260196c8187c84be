"""What the worker does. The queue is only a wake-up: tickets and messages are the truth."""
