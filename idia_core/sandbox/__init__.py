"""The sandbox: invented people, their portraits, and a small CLIP whose training set is known.

Does not: import anything by itself; each module says what it needs.
"""

from __future__ import annotations
