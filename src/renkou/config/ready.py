"""Whether the pages can be served: settings and database are opened once, and faults said by name."""

from __future__ import annotations

import importlib
import sys

from renkou.core.errors import RenkouError


def main() -> int:
    """The exit code: 0 where all is well."""
    try:
        importlib.import_module("renkou.config.wsgi")
    except RenkouError as error:
        print(f"renkou: {error.zh or error}\n  {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
