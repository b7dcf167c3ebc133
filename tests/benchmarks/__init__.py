"""Benchmarks: each stage timed beside a straightforward implementation, in the same run; see `RESULTS.md`.

`python -m tests.benchmarks` runs `text` (the text path), `photos` (decoding and embedding, and a whole audit with
its candidates cached), `start` (time to the page's first answer, memory) and `growth` (more names, more photos);
`timing` has their clocks and tables. Modules of their own: `load`, `evidence_speed`, `compare_libraries`.

No test asserts a time: it would fail on a busy machine. No trained weights are needed.
"""
