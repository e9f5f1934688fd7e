"""`python -m automation` is `case-audit`."""

import sys

from .cli import main

sys.exit(main())
