"""Which names are this machine alone: the sandbox is served there and nowhere else."""

from __future__ import annotations

import ipaddress


class NotLoopback(ValueError):
    """The sandbox takes any test key and has no passwords: it listens on loopback only."""

    def __init__(self, host: str) -> None:
        super().__init__(f"{self.__doc__} {host!r} can be reached from other machines.")


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_loopback(host: str) -> None:
    """Raises NotLoopback."""
    if not is_loopback(host):
        raise NotLoopback(host)
