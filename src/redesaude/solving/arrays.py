"""The old place of the standard form, for the modules that have not moved yet."""

from redesaude_models.standard_form import Flags, Floats, Ints, LinearModel, linear_model, load_values

__all__ = ["Flags", "Floats", "Ints", "LinearModel", "linear_model", "load_values"]
