"""The one exception whose message is meant for the user."""


class ConcError(Exception):
    """What is wrong, with which file or name, and what to do: one line, shown as it is."""
