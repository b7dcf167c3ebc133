"""Identity Inference Attack on CLIP-like models: does a model link this face with this name?

Does not: hold anything but the version.
"""

from __future__ import annotations

__version__ = "0.1.0"
