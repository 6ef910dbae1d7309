"""How long everything takes with the profile ``quick``, by experiment."""

import sys

from tests.bench.build import build
from tests.bench.figures import show

if __name__ == "__main__":
    sys.exit(not show(build("quick").figures))
