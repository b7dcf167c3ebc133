"""The page's own drawings, as markup: a logo, a handful of signs, the five steps.

Does not: load anything from anywhere.
"""

from __future__ import annotations

from markupsafe import Markup

LOGO = Markup(
    '<svg class="logo" viewBox="0 0 48 48" aria-hidden="true">'
    '<rect width="48" height="48" rx="11" fill="#0b3a5b"/>'
    '<path d="M8 16V11a3 3 0 0 1 3-3h5M32 8h5a3 3 0 0 1 3 3v5M40 32v5a3 3 0 0 1-3 3h-5M16 40h-5a3 3 0 0 1-3-3v-5"'
    ' fill="none" stroke="#7cc4f2" stroke-width="2.6" stroke-linecap="round"/>'
    '<circle cx="24" cy="19.5" r="6" fill="#fff"/>'
    '<path d="M12.6 36.2a11.6 11.6 0 0 1 22.8 0z" fill="#fff"/>'
    '<circle cx="35.5" cy="35.5" r="6" fill="#e69f00" stroke="#0b3a5b" stroke-width="2"/>'
    '<path d="m32.9 35.6 1.9 1.9 3.4-3.7" fill="none" stroke="#0b3a5b" stroke-width="1.8" stroke-linecap="round"'
    ' stroke-linejoin="round"/></svg>'
)
LOCK = Markup(
    '<svg class="lock" viewBox="0 0 16 16" aria-hidden="true"><path d="M4.5 7V5a3.5 3.5 0 0 1 7 0v2" fill="none"'
    ' stroke="currentColor" stroke-width="1.6"/><rect x="2.8" y="7" width="10.4" height="7.2" rx="1.6"'
    ' fill="currentColor"/></svg>'
)
WARNING = Markup(
    '<svg class="warning" viewBox="0 0 20 20" aria-hidden="true"><path d="M10 2 19 17.5H1z" fill="none"'
    ' stroke="currentColor" stroke-width="1.7" stroke-linejoin="round"/><path d="M10 7.5v4.6" stroke="currentColor"'
    ' stroke-width="1.8" stroke-linecap="round"/><circle cx="10" cy="14.6" r="1.1" fill="currentColor"/></svg>'
)
_OPEN = Markup('<svg class="drawing" viewBox="0 0 40 40" aria-hidden="true">')
_CLOSE = Markup("</svg>")


def _drawing(inside: Markup) -> Markup:
    return _OPEN + inside + _CLOSE


PHOTOS = _drawing(
    Markup(
        '<g class="line"><rect x="4" y="10" width="24" height="22" rx="3"/><path d="M12 10V7a2 2 0 0 1 2.4-2l19 3.4'
        'a2 2 0 0 1 1.6 2.3L32.4 26"/><circle cx="16" cy="18" r="3.4"/><path d="M8.6 31.4a8 8 0 0 1 14.8 0"/></g>'
    )
)
NAMES = _drawing(
    Markup(
        '<g class="line"><path d="M6 9h28M6 16h18M6 30h22"/></g>'
        '<rect x="5" y="20.4" width="30" height="5.6" rx="2.8" fill="var(--you)"/>'
    )
)
SENTENCES = _drawing(
    Markup(
        '<g class="line"><path d="M9 6h22a3 3 0 0 1 3 3v15a3 3 0 0 1-3 3H19l-7 7v-7H9a3 3 0 0 1-3-3V9a3 3 0 0 1 3-3z"/>'
        '<path d="M12 13h6"/></g><path d="M22 13h7" stroke="var(--you)" stroke-width="3.4" stroke-linecap="round"/>'
        '<path d="M12 20h13" class="line"/>'
    )
)
MATCH = _drawing(
    Markup(
        '<g class="line"><circle cx="11" cy="15" r="4"/><path d="M4 30a7.4 7.4 0 0 1 14 0"/>'
        '<path d="M26 12h10M26 28h10"/></g><path d="M20 20h5M26 20h10" stroke="var(--you)" stroke-width="3.4"'
        ' stroke-linecap="round"/>'
    )
)
VOTE = _drawing(
    Markup(
        '<g class="line"><path d="M6 34h28"/><path d="M9 34V24h6v10M25 34V27h6v7"/></g>'
        '<path d="M17 34V9h6v25z" fill="var(--you)"/>'
    )
)
STEPS = (PHOTOS, NAMES, SENTENCES, MATCH, VOTE)

OUTCOMES = {
    "strong": _drawing(
        Markup(
            '<circle cx="20" cy="20" r="17" fill="currentColor" opacity=".18"/>'
            '<path d="m11.5 20.6 6 6L29 15" class="line" style="stroke-width:4"/>'
        )
    ),
    "weak": _drawing(
        Markup(
            '<circle cx="20" cy="20" r="17" fill="none" stroke="currentColor" stroke-width="2.4"/>'
            '<path d="M20 3a17 17 0 0 1 0 34z" fill="currentColor"/>'
        )
    ),
    "none": _drawing(
        Markup(
            '<circle cx="20" cy="20" r="17" fill="none" stroke="currentColor" stroke-width="2.4"/>'
            '<path d="M12 20h16" class="line" style="stroke-width:4"/>'
        )
    ),
    "unclear": _drawing(
        Markup(
            '<circle cx="20" cy="20" r="17" fill="none" stroke="currentColor" stroke-width="2.4"'
            ' stroke-dasharray="5 4"/><path d="M15.4 15.6a4.8 4.8 0 1 1 6.7 4.5c-1.4.7-2.1 1.6-2.1 3.2" fill="none"'
            ' stroke="currentColor" stroke-width="3" stroke-linecap="round"/>'
            '<circle cx="20" cy="28.4" r="2" fill="currentColor"/>'
        )
    ),
}
"""A sign for each outcome, so that its colour never speaks alone."""
