"""What we write to supporters: one module an email, its templates beside it in templates/emails/."""
