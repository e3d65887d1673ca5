"""Rules that the specialties share: nominal capacity, running cost, rates of the whole area, targets and ceilings."""

from __future__ import annotations

from dataclasses import dataclass

from redesaude.drafting.evidence import Figure, assumed, plain, sentences
from redesaude.drafting.pack import Pack
from redesaude.drafting.specialties import OCCUPANCY


@dataclass(frozen=True)
class Rules:
    """Rules that hold in every country, told in its language; words in braces are filled in."""

    divided: str
    own: str
    norm: str
    beyond: str

    def nominal(self, throughput: Figure, occupancy: float = OCCUPANCY) -> Figure:
        """Return the nominal capacity: published throughput holds an occupancy already, which the plan applies."""
        return throughput.times(1.0 / occupancy, self.divided.format(occupancy=plain(occupancy)), throughput.grade)

    def target(self, norm: Figure, share: float, reach: float) -> Figure:
        """Return the programme's own target: about 95 % of what every candidate site together could reach."""
        text = sentences(self.own.format(reach=f"{reach:.0%}"), self.norm.format(norm=f"{norm.value:.0%}"), norm.note)
        return Figure(share, norm.source, norm.year, "C", text)

    def ceiling(self, minutes: float) -> Figure:
        """Return the longest journey counted as within the network."""
        return assumed(minutes, minutes * 0.75, minutes * 1.5, self.beyond)


_PORTUGUESE = Rules(
    "Produção dividida por {occupancy}: a ocupação do plano a devolve",
    "Meta do programa: cerca de 95% do que todas as sedes candidatas abertas alcançariam ({reach})",
    "A norma é {norm}",
    "Além disso o caso é contado como enviado para fora.",
)
nominal, target, ceiling = _PORTUGUESE.nominal, _PORTUGUESE.target, _PORTUGUESE.ceiling


def running(pack: Pack, capex: Figure) -> Figure:
    """Return the yearly fixed cost where no better figure is known: a share of works and equipment."""
    ratio = pack.figure("general_hospital_capex", "opex_to_capex_ratio_per_year", "50% do investimento por ano")
    return ratio.times(capex.value, "", "C")


def twice_payment(bed_year: Figure, beds: int) -> Figure:
    """Return the fixed cost of intensive care: the SUS payment is not its cost."""
    why = f"{beds} leitos, pagamento SUS x 2 (faixa 1,5 a 3 entre preços contratados e tarifa)."
    return bed_year.times(2.0 * beds, why, "C")


def area_rate(pack: Pack, ages: tuple[str, ...], rate: Figure) -> Figure:
    """Return the rate that the demand sheet amounts to over the whole area."""
    cases = sum(pack.people(age).sum() for age in ages) * rate.value
    people = pack.municipalities["pop_census_2022"].sum()
    return rate.times(cases / people * 1e5 / rate.value, "Vale a folha demand", rate.grade)
