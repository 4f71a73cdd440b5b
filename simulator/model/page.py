"""Mesa's own page of a model, for developers: bare, and one model shared by everybody who opens it.

It needs Solara, which comes with the `teach` extra. Serve it with
`SOLARA_TELEMETRY_MIXPANEL_ENABLE=False solara run FILE`, where FILE holds

    from simulator.model.page import developer_page
    page = developer_page(size=500, seed=7)
"""

from __future__ import annotations

from typing import Any

from simulator.base.errors import input_error
from simulator.model.patient_model import PatientModel

LARGEST = 5000
"""People on the slider: a redraw should not wait for them."""


def developer_page(**arguments: Any) -> Any:
    """Return a SolaraViz page of a `PatientModel`.

    Parameters
    ----------
    arguments : of `PatientModel`; size and seed become sliders, the rest stays as given.

    Raises
    ------
    InputError : when Solara is not installed, and whatever the model raises.
    """
    try:
        from mesa.visualization import Slider, SolaraViz, make_plot_component
    except ImportError as missing:
        right = "pip install 'hepatica[teach]'"
        raise input_error("developer_page", "Mesa's page needs Solara", str(missing), right) from None
    model = PatientModel(**arguments)
    size = len(model.people)
    sliders = {
        "size": Slider("People", size, 100, max(LARGEST, size), 100),
        "seed": Slider("Luck", model.seed, 0, max(9999, model.seed), 1),
    }
    kept = {name: value for name, value in arguments.items() if name not in ("size", "seed", "rng")}
    plots = [
        make_plot_component(["share_masld", "share_mash", "share_diabetes"]),
        make_plot_component(["share_advanced_fibrosis", "share_cirrhosis"]),
        make_plot_component("mean_liver_fat_percent"),
        make_plot_component("alive"),
    ]
    return SolaraViz(model, components=plots, model_params=kept | sliders, name="Hepatica in Mesa")
