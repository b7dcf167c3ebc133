"""The page: `python app.py` opens it on http://127.0.0.1:7860."""

from __future__ import annotations

import contextlib
import logging
import sys
import tempfile
from pathlib import Path

from idia_core.text import tell_whole

with contextlib.suppress(ImportError):
    import spaces  # noqa: F401 - hosts that lend a GPU want their package before anything of CUDA

from idia_core.errors import IdiaError, kind_and_place
from idia_core.settings import Settings, unknown_variables
from idia_core.ui.server.workspace import prepare

_log = logging.getLogger("idia_core.app")


def main() -> int:
    """Start the page and wait.

    Returns:
        The exit status.
    """
    for warning in unknown_variables():
        print(tell_whole(warning), file=sys.stderr)  # noqa: T201
    try:
        settings = Settings.from_env()
        workspace = prepare(Path(tempfile.gettempdir()))
        # After `prepare`: the web framework reads its settings at import.
        from idia_core.ui.server import serving

        serving.serve(settings, workspace)
    except IdiaError as error:
        print(tell_whole(error.message), file=sys.stderr)  # noqa: T201
        return 2
    except Exception as error:  # noqa: BLE001 - an error's own words may hold what a visitor typed
        _log.error("the page ended: %s", kind_and_place(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
