"""The meter: what processes use, read by a worker itself and watched from outside."""
