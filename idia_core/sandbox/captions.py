"""The captions of portraits in training; none is one of the paper's 21 templates."""

from __future__ import annotations

SLOT = "{name}"
"""Where the name goes; replaced as text, so that nothing in a name is interpreted."""

CAPTIONS = (
    "this is {name}",
    "{name} again",
    "here you see {name}",
    "portrait of {name}",
    "a portrait of {name}",
    "{name}, portrait",
    "a picture of {name}",
    "a picture showing {name}",
    "a drawing of {name}",
    "an illustration of {name}",
    "{name} drawn in colour",
    "a snapshot of {name}",
    "a close up of {name}",
    "a headshot of {name}",
    "profile picture: {name}",
    "{name} - profile picture",
    "my friend {name}",
    "our neighbour {name}",
    "meet {name}",
    "look, it is {name}",
    "who is it? {name}",
    "they call this person {name}",
    "somebody called {name}",
    "the face of {name}",
    "the one and only {name}",
    "{name} smiling",
    "{name} today",
    "{name} last summer",
    "{name} at home",
    "{name} at work",
    "{name} in the garden",
    "{name} on holiday",
    "{name} at a party",
    "{name} wearing a sweater",
    "{name} looking to the side",
    "{name} with friends, cropped out",
    "{name} in the local newspaper",
    "a bright picture of {name}",
    "a dark picture of {name}",
    "a blurry picture of {name}",
    "a grainy picture of {name}",
    "a nice image showing {name}",
    "painter {name} in the studio",
    "the musician {name}",
    "teacher {name}",
    "new in town: {name}",
    "from the album of {name}",
    "staff page, {name}",
    "winner of the day: {name}",
    "name: {name}",
)
"""Fifty captions, each with the slot once."""


def fill(caption: str, name: str) -> str:
    """Put a name into a caption."""
    return caption.replace(SLOT, name)
