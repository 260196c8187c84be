"""What the rows say, read only: one file a report, one `Table` for page and export alike."""
