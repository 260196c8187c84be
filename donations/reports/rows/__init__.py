"""The rows behind the figures of reports: one file for each kind of row, all read in one way."""
