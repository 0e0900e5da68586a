"""`python3 dev/environment <command>`: makes the folder importable as a package and hands over."""

import sys
from pathlib import Path

DEV = str(Path(__file__).resolve().parents[1])

if __name__ == "__main__":
    # Python put this very folder first, where our `paths` or `lint` could shadow other modules.
    sys.path[0] = DEV
    from environment.cli import main

    sys.exit(main(sys.argv[1:]))
