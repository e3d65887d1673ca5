"""No search at all: what a known plan opens, read in the model at hand; the last mile does the rest."""

from __future__ import annotations

from redesaude.assemble import Assembled
from redesaude.solving.core.incumbent import Incumbent, whole
from redesaude.solving.engine import EngineResult, Way
from redesaude.solving.progress import Search
from redesaude.solving.start import best_known
from redesaude.solving.stopwatch import Stopwatch
from redesaude.status import Termination
from redesaude_models.network import build_model
from redesaude_models.standard_form import linear_model


class AsOpened:
    """An engine that opens what the known plans do, and takes the best of them."""

    name = "as_opened"

    @property
    def ways(self) -> tuple[Way, ...]:
        """The one way there is."""
        return (Way(self.name, self.run),)

    def run(self, assembled: Assembled, search: Search) -> EngineResult:
        """Return the best known plan in this problem, proving nothing; none where the problem does not allow any."""
        watch = Stopwatch()
        with watch("build"):
            model = build_model(assembled.problem)
            arrays = linear_model(model)
        rows, columns = arrays.matrix.shape
        with watch("search"):
            best = best_known(arrays, search)
            found = None if best is None else Incumbent(model, arrays, whole(assembled.problem), best.values)
            decisions = None if found is None else found.decisions()
        return EngineResult(Termination.TIME_LIMIT, decisions, None, columns, rows, watch.seconds, found)
