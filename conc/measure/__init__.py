"""How it is measured: worker processes, rounds, meters, the machine."""
