"""Evidence of who pays where a scenario states no payers, and of owners."""

from __future__ import annotations

from redesaude.drafting.evidence import assumed, row, ruled


def defaults_evidence() -> list[dict[str, str]]:
    """Return the ``sources`` rows of what is assumed for the country, and of owners."""
    return [
        row("settings", "payer_defaults", "value", assumed(0.35, 0.25, 0.5, "Quem paga onde a aba payers nada diz, por "
            "proprietário: hospital do Estado, 35% da União (tarifa e transferências) e o resto do Estado; municipal, "
            "45% da União, 10% do Estado, 45% do município; federal, União; compra, 60% da União. Trocar pelo que é "
            "sabido.")),
        row("sites", "*", "owner", ruled(0, "Esfera inferida pelo nome (municipal, pronto-socorro; federal, "
            "universitário; senão estadual) e por fatos conhecidos; confirmar no CNES.")),
    ]  # fmt: skip
