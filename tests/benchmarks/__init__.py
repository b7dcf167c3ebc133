"""How much sooner, and at what cost: each stage timed beside the straightforward way, in the same run.

Rooms: `timing` (taking turns, medians, tables), `text` (the text path), `photos` (decoding and embedding; a
whole warm check), `growth` (more names, more photos), `start` (the page's first answer, memory).

Does not: judge by the times (a test that does fails on a busy machine), or need trained weights.
"""
