"""The page: layout, handlers, wording, and the small rooms they need.

Does not: decide anything about a verdict (`audit` and `outcome` do); a door translates.
"""

from __future__ import annotations
