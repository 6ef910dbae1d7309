"""The parts of a measuring of what processes use: wall and CPU time, switches, delays, memory."""
