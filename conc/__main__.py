"""``python -m conc`` is the command ``conc``."""

import sys

if __name__ == "__main__":
    if not sys.flags.safe_path:
        del sys.path[0]  # the folder that the user stands in: it holds no module of ours

    from conc.cli import main

    main()
