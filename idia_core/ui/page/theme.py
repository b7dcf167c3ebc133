"""Colours, type and spacing of the framework's own components; the rest stands in `assets/css/page.css`.

Fonts are those that the framework ships, so that nothing is loaded from elsewhere; of the weights it ships only
regular and bold hold a whole alphabet.
"""

from __future__ import annotations

import gradio as gr

INK, PAPER, PANEL = "#17212b", "#f5f3ee", "#ffffff"
INK_DARK, PAPER_DARK, PANEL_DARK = "#eaf0f5", "#0f151b", "#18212a"
LINE, LINE_DARK = "#d9d4c9", "#2e3a46"
MUTED, MUTED_DARK = "#566370", "#a5b3c0"
ACTION, ACTION_HOVER = "#0b3a5b", "#12507c"
ACTION_DARK, ACTION_DARK_HOVER = "#7cc4f2", "#a3d7f7"


def page_theme() -> gr.themes.Base:
    """Make the theme.

    Returns:
        The framework's base theme with this page's colours, in light and in dark.
    """
    theme = gr.themes.Base(
        primary_hue="sky",
        neutral_hue="slate",
        radius_size=gr.themes.sizes.radius_md,
        font=[gr.themes.LocalFont("IBM Plex Sans", weights=(400, 700)), "system-ui", "sans-serif"],
        font_mono=[gr.themes.LocalFont("IBM Plex Mono", weights=(400,)), "ui-monospace", "monospace"],
    )
    return theme.set(**_surfaces(), **_controls())


def _surfaces() -> dict[str, str]:
    return {
        "body_background_fill": PAPER,
        "body_background_fill_dark": PAPER_DARK,
        "body_text_color": INK,
        "body_text_color_dark": INK_DARK,
        "body_text_color_subdued": MUTED,
        "body_text_color_subdued_dark": MUTED_DARK,
        "background_fill_primary": PANEL,
        "background_fill_primary_dark": PANEL_DARK,
        "background_fill_secondary": PAPER,
        "background_fill_secondary_dark": PAPER_DARK,
        "border_color_primary": LINE,
        "border_color_primary_dark": LINE_DARK,
        "block_background_fill": "transparent",
        "block_background_fill_dark": "transparent",
        "block_border_width": "0px",
        "block_border_width_dark": "0px",
        "block_shadow": "none",
        "block_padding": "0px",
        "block_label_background_fill": "transparent",
        "block_label_background_fill_dark": "transparent",
        "block_title_text_color": INK,
        "block_title_text_color_dark": INK_DARK,
        "block_title_text_weight": "700",
        "block_info_text_color": MUTED,
        "block_info_text_color_dark": MUTED_DARK,
        "layout_gap": "14px",
        "form_gap_width": "0px",
    }


def _controls() -> dict[str, str]:
    return {
        "input_background_fill": PANEL,
        "input_background_fill_dark": PAPER_DARK,
        "input_border_color": "#9aa5b0",
        "input_border_color_dark": "#566370",
        "input_border_width": "1px",
        "input_placeholder_color": "#6b7783",
        "input_placeholder_color_dark": "#8d9aa7",
        "button_primary_background_fill": ACTION,
        "button_primary_background_fill_dark": ACTION_DARK,
        "button_primary_background_fill_hover": ACTION_HOVER,
        "button_primary_background_fill_hover_dark": ACTION_DARK_HOVER,
        "button_primary_text_color": "#ffffff",
        "button_primary_text_color_dark": "#0b1d2b",
        "button_primary_text_color_hover": "#ffffff",
        "button_primary_text_color_hover_dark": "#0b1d2b",
        "button_primary_border_color": ACTION,
        "button_primary_border_color_dark": ACTION_DARK,
        "button_secondary_background_fill": PANEL,
        "button_secondary_background_fill_dark": PANEL_DARK,
        "button_secondary_border_color": "#9aa5b0",
        "button_secondary_border_color_dark": "#566370",
        "button_border_width": "1px",
        "button_large_text_weight": "700",
        "slider_color": "#2a86c8",
        "slider_color_dark": "#56a9e4",
    }
