"""Small pictures of one visit's photos, in memory, each under an address that nobody can guess.

The page shows them by address, so that no picture is ever a value of the web framework's components.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from idia_core.photos.photo import Photo, thumbnail

AddressOf = Callable[[Photo, int], str]
"""Photo and longer edge in pixels -> what stands in the `src` of its small picture."""
FOLDER = "thumbnails"
"""Where the server answers for the pictures; relative to the page's own address, whatever a proxy puts before it."""
TOKEN_BYTES = 32
"""256 random bits for each picture."""


@dataclass(frozen=True)
class _Picture:
    photo: str
    """Digest of the photo."""
    jpeg: bytes = field(repr=False)


class Thumbnails:
    """The pictures of one visit. Threads may share it: two that add one picture at once make two addresses for it."""

    def __init__(self) -> None:
        """Start empty."""
        self._pictures: dict[str, _Picture] = {}
        self._tokens: dict[bytes, str] = {}

    def address_of(self, photo: Photo, edge: int) -> str:
        """Make a small picture of a photo, and keep it.

        Args:
            photo: the photo.
            edge: longer edge in pixels, 16 to 1,024.
        Returns:
            Its address, relative to the page's; the same for the same picture of the same photo.
        """
        jpeg = thumbnail(photo, edge)
        key = hashlib.sha256(photo.digest.encode() + jpeg).digest()
        token = self._tokens.setdefault(key, secrets.token_hex(TOKEN_BYTES))
        self._pictures[token] = _Picture(photo.digest, jpeg)
        return f"{FOLDER}/{token}"

    def get(self, token: str) -> bytes | None:
        """Return a JPEG by the last part of its address; None where there is none, or not any more."""
        picture = self._pictures.get(token)
        return None if picture is None else picture.jpeg

    def keep(self, photos: Collection[str], addresses: Collection[str]) -> None:
        """Drop all pictures but those of some photos, or with some addresses.

        Args:
            photos: digests.
            addresses: as `address_of` returned them.
        """
        for token, picture in list(self._pictures.items()):
            if picture.photo not in photos and f"{FOLDER}/{token}" not in addresses:
                self._pictures.pop(token, None)
        for key, token in list(self._tokens.items()):
            if token not in self._pictures:
                self._tokens.pop(key, None)

    def clear(self) -> None:
        """Drop all pictures: also a run that is still under way cannot show them any more."""
        self._pictures.clear()
        self._tokens.clear()

    def __len__(self) -> int:
        """Return how many pictures there are."""
        return len(self._pictures)
