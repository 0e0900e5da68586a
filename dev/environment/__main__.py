"""`python3 dev/environment <command>`: makes the folder importable as a package and hands over."""

import sys
from pathlib import Path

DEV = str(Path(__file__).resolve().parents[1])

if __name__ == "__main__":
    if sys.version_info < (3, 10):  # noqa: UP036 - this file is what an older Python gets to see
        sys.exit("Python 3.10 or newer is needed; python3 is " + sys.version.split()[0])
    # Python put this very folder first, where our `paths` or `lint` could shadow other modules.
    sys.path[0] = DEV
    from environment.cli import main

    sys.exit(main(sys.argv[1:]))
