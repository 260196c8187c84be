"""What Stripe does with several objects at once, with the events in the order it emits them."""
