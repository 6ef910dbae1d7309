"""The exceptions whose message is meant for the user."""


class ConcError(Exception):
    """What is wrong, with which file or name, and what to do: one line, shown as it is."""


class MissingError(ConcError):
    """What was asked for has not been measured. The message says what, and how to measure it."""
