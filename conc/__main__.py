"""``python -m conc`` is the command ``conc``."""

import sys

from conc.cli import main

if __name__ == "__main__":
    if not sys.flags.safe_path:
        del sys.path[0]  # the folder that the user stands in: the command has none of its modules
    main()
