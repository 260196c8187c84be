"""`python -m donations.cli`, for the processes that `donations run` starts."""

from donations.cli import main

main(prog_name="donations")
