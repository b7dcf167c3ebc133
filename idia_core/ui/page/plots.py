"""How a figure reaches the page.

Does not: draw one.
"""

from __future__ import annotations

import json
from typing import Any

from gradio.components.plot import PlotData

CONFIG = {"displayModeBar": False, "displaylogo": False, "showSendToCloud": False, "responsive": True}


def plot_data(figure: Any) -> PlotData:
    """Hand a figure over with the settings that the framework would leave out.

    Args:
        figure: of plotly.
    Returns:
        What a `gr.Plot` takes.
    """
    content = {**json.loads(figure.to_json()), "config": CONFIG}
    return PlotData(type="plotly", plot=json.dumps(content))
