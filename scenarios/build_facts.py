"""Make the facts that scenarios are drafted from: python scenarios/build_facts.py FOLDER

FOLDER holds public tables as they were gathered: ``brazil/`` (municipalities, health regions, beds, people by age,
links, destinations), ``vietnam/`` and ``parameters/``. What is kept is what the kit reads; where each column comes
from, of which date and under which licence stands beside the tables in ``sources.csv``, which is written by hand.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

HERE = Path(__file__).parent
BRAZIL = HERE.parent / "src/redesaude/drafting/facts"
VIETNAM = HERE / "mekong_builders/facts"

#: coaches on longer links pass towns that shorter links already join (km, straight)
LONGEST_LINK_KM = 200.0
_BEDS = ("surgical", "icu_adult", "obstetric", "icu_neonatal", "icu_pediatric", "icu_coronary", "cardiology",
         "oncology", "neurology", "neurosurgery", "nephro_urology", "orthopedics_trauma", "psychiatry")  # fmt: skip


def read(file: Path) -> pd.DataFrame:
    """Return a table as text, so that codes keep their zeros and numbers their digits."""
    return pd.read_csv(file, dtype=str)


def municipalities(folder: Path) -> pd.DataFrame:
    """Return those that the census of 2022 counted, with regions, people and where they go for high complexity."""
    places = read(folder / "municipalities.csv").dropna(subset="pop_census_2022")
    regions = read(folder / "health_regions.csv").drop(columns=["municipality", "uf"])
    bands = read(folder / "population_age_groups_2024.csv.gz").set_index("ibge_code")
    ages = pd.DataFrame(
        {
            "people_0_4": bands["age_0"].astype(int) + bands["age_1_4"].astype(int),
            "people_5_14": bands["age_5_14"],
        }
    )
    links = read(folder / "regic2018_melt.csv").set_index("cd_municipio_ibge_dv_origem")
    places = places.merge(regions, on="ibge_code", validate="1:1").join(ages, on="ibge_code")
    places["high_complexity"] = places["ibge_code"].map(links["cd_municipio_ibge_dv_alta_complex"])
    kept = ["ibge_code", "name", "uf", "health_region_code", "health_region_name", "macro_region_code",
            "macro_region_name", "lat", "lon", "pop_census_2022", "pop_est_2024", "pop_est_2025", "people_0_4",
            "people_5_14", "high_complexity"]  # fmt: skip
    return places[kept].sort_values("ibge_code")


def hospitals(folder: Path) -> pd.DataFrame:
    """Return the establishments with SUS beds, the uses that the kit asks about, and nephrology where it is told."""
    table = read(folder / "hospital_beds_brazil_2022.csv.gz")
    detail = read(folder / "mt_hospital_beds_detail.csv")
    clinical = detail[(detail["bed_group"] == "clinical") & (detail["bed_specialty_cnes"] == "NEFROUROLOGIA")]
    told = table["ibge_code"].str.startswith("51")
    table["nephrology_sus"] = table["cnes"].map(clinical.set_index("cnes")["beds_sus"]).fillna("0").where(told)
    kept = ["cnes", "name", "ibge_code", "beds_total", "beds_total_sus"]
    kept += [f"beds_{use}_sus" for use in _BEDS] + ["nephrology_sus"]
    return table.loc[table["beds_total_sus"] != "0", kept]


def links(folder: Path) -> pd.DataFrame:
    """Return the pairs joined by road up to the longest link, or by water alone, at any distance."""
    from redesaude.travel.distances import great_circle_km

    table = read(folder / "transport_links_brazil_ibge2016.csv.gz")
    seats = read(folder / "municipalities.csv").dropna(subset="pop_census_2022").set_index("ibge_code")
    table = table[table["ibge_code_a"].isin(seats.index) & table["ibge_code_b"].isin(seats.index)]
    start, end = (seats.loc[table[f"ibge_code_{side}"], ["lat", "lon"]].to_numpy(float).T for side in "ab")
    road = table["weekly_road_departures"].astype(float) > 0
    table = table.assign(way=road.map({True: "road", False: "water"}))
    return table.loc[~road | (great_circle_km(*start, *end) <= LONGEST_LINK_KM), ["ibge_code_a", "ibge_code_b", "way"]]


def states(folder: Path) -> pd.DataFrame:
    """Return the code and name of each state."""
    return read(folder / "municipalities.csv")[["uf", "uf_code", "uf_name"]].drop_duplicates().sort_values("uf_code")


def parameters(folder: Path) -> pd.DataFrame:
    """Return the clinical parameters, each with its source and grade; an assumption has neither."""
    table = read(folder / "specialty_parameters.csv")
    lines = (folder / "SOURCES.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("| ").split("|")] for line in lines if line.startswith("|")]
    grades = {row[1]: row[4] for row in cells if len(row) == 6 and row[4] in {"A", "B", "C"}}
    assumption = table["source_title"].str.startswith("planner assumption")
    derived = table["note"].str.startswith("derived").map({True: "B", False: "A"})
    grade = table["source_title"].map(grades).fillna("C").combine(derived, max)
    link = (" " + table["source_url"]).fillna("")
    told = pd.DataFrame({"source": table["source_title"] + "." + link, "year": table["source_year"], "grade": grade})
    kept = table[["specialty", "parameter", "value", "unit", "low", "high", "country"]]
    return pd.concat([kept, told.mask(assumption)], axis=1)


def vietnam(folder: Path) -> dict[str, pd.DataFrame]:
    """Return the districts, provinces and mapped stroke facilities of the area, with what the kit reads.

    Corridors (``corridors_2025.csv``) are written by hand: which units they join is a judgment.
    """
    facilities = read(folder / "stroke_facilities.csv")
    districts = ["unit_id", "province_code", "unit_name", "pop_2019", "lat", "lon", "is_island"]
    return {
        "districts": read(folder / "districts.csv")[districts],
        "provinces": read(folder / "provinces.csv")[["province_code", "region"]],
        "stroke_facilities": facilities.dropna(subset="study_unit_id")[["name_en", "lat", "lon", "study_unit_id"]],
        "provinces_2025": read(folder / "vn_provinces_merged_2025.csv"),
        "hospital_renames_2025": read(folder / "vn_hospital_renames_2025.csv"),
    }


def main() -> None:
    """Write every table of facts, always the same bytes for the same content."""
    folder = Path(sys.argv[1])
    brazil = folder / "brazil"
    tables = {"municipalities": municipalities(brazil), "hospitals": hospitals(brazil), "links": links(brazil),
              "states": states(brazil), "parameters": parameters(folder / "parameters")}  # fmt: skip
    for place, found in ((BRAZIL, tables), (VIETNAM, vietnam(folder / "vietnam"))):
        for name, table in found.items():
            table.to_csv(place / f"{name}.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
