"""How it is measured: worker processes, rounds, the meter, the machine, the ratings service."""
