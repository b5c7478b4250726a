"""What can go wrong, but for the connection."""


class Expired(Exception):
    """The time given is over."""


class Malformed(Exception):
    """A message that is none of SyRPC's."""
