"""Ways between places, what-if variants, and where numbers come from."""

from __future__ import annotations

from redesaude.inputs.tables.declaration import Column, Table, grade
from redesaude.inputs.tables.units import MINUTES
from redesaude.language import N_

TRAVEL_TIMES = Table(
    "travel_times",
    N_("the travel time of a pair"),
    (
        Column("origin_id", "reference", N_("territory"), required=True, refers="territories.territory_id"),
        Column("destination_id", "reference", N_("site"), required=True, refers="sites.site_id"),
        Column("minutes", "number", N_("one way"), MINUTES, True, low=0),
        Column("km", "number", N_("length of the way, one way; blank: modelled"), "km", low=0, high=20_000),
    ),
    key=("origin_id", "destination_id"),
    read_by=("audit", "status_quo"),
)

ROADS = Table(
    "roads",
    N_("a road link between two territories, both ways"),
    (
        Column("from_id", "reference", N_("territory"), required=True, refers="territories.territory_id"),
        Column("to_id", "reference", N_("territory"), required=True, refers="territories.territory_id"),
        Column("km", "number", N_("length; blank: straight distance x road_detour"), "km", low=0),
        Column("speed_kmh", "number", N_("speed; blank: road_speed_kmh"), "km/h", low=1, high=130),
    ),
    key=("from_id", "to_id"),
    read_by=("audit", "status_quo"),
)

VARIANTS = Table(
    "variants",
    N_("one change of a what-if variant"),
    (
        Column("variant_id", "text", N_("code of the variant; several rows make one variant"), required=True),
        Column("name", "text", N_("name")),
        Column("sheet", "text", N_("sheet to change"), required=True, offers="sheets"),
        Column(
            "key",
            "text",
            N_("row to change: its key columns joined by |, or * for every row"),
            required=True,
            offers="keys",
        ),
        Column("column", "text", N_("column to change"), required=True, offers="columns"),
        Column(
            "operation",
            "choice",
            N_("what to do with the value"),
            default="set",
            choices=("set", "add", "multiply"),
        ),
        Column("value", "text", N_("the value"), required=True),
        Column(
            "inherits",
            "references",
            N_("variants whose changes are made first, in this order; a row may state this alone"),
            refers="variants.variant_id",
        ),
    ),
    key=("variant_id", "sheet", "key", "column"),
    read_by=("audit", "status_quo"),
)

SOURCES = Table(
    "sources",
    N_("where a number comes from"),
    (
        Column("sheet", "text", N_("sheet"), required=True, offers="sheets"),
        Column(
            "key",
            "text",
            N_("row: its key, joined by |; * for any letters, parts at the end may be left out; * alone for every row"),
            required=True,
            offers="keys",
        ),
        Column("column", "text", N_("column; * for every column"), required=True, offers="columns"),
        Column("source", "text", N_("source")),
        Column("year", "text", N_("year of the source")),
        grade(),
        Column("note", "text", N_("remark")),
    ),
    key=(),
    read_by=("audit", "status_quo"),
)
