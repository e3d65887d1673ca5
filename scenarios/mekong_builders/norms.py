"""Where the parameter table keeps what every scenario asks of a specialty: demand, access, volume, throughput, gain."""

from __future__ import annotations

from dataclasses import dataclass

from redesaude.drafting.evidence import Figure
from redesaude.drafting.parameters import Parameters

_PER_CASE = "benefit_healthy_life_years_per_case"


@dataclass(frozen=True)
class Norm:
    """The name of a specialty in the parameter table, and the names of its parameters there."""

    name: str
    demand_by: str
    throughput_by: str
    volume_by: str
    gain_by: str = _PER_CASE
    access_by: str = "access_max_drive_min"
    coverage_by: str = "coverage_target_share"

    def demand(self, pack: Parameters, note: str = "") -> Figure:
        """Return cases for so many people, or the share from which they follow."""
        return pack.figure(self.name, self.demand_by, note)

    def access(self, pack: Parameters, note: str = "") -> Figure:
        """Return the longest journey in time, minutes."""
        return pack.figure(self.name, self.access_by, note)

    def coverage(self, pack: Parameters) -> Figure:
        """Return the share of cases to be within it."""
        return pack.figure(self.name, self.coverage_by)

    def throughput(self, pack: Parameters, note: str = "", country: str = "") -> Figure:
        """Return the cases/year of a unit: room, bed, chair or machine."""
        return pack.figure(self.name, self.throughput_by, note, country)

    def volume(self, pack: Parameters, note: str = "") -> Figure:
        """Return the least yearly volume of a centre."""
        return pack.figure(self.name, self.volume_by, note)

    def gain(self, pack: Parameters, note: str = "") -> Figure:
        """Return the healthy years gained by a case in time."""
        return pack.figure(self.name, self.gain_by, note)


INTERVENTION = Norm("cardiology_interventional", "demand_total_pci_per_100k",
                    "capacity_procedures_per_cathlab_per_year", "min_volume_pci_per_centre",
                    "benefit_healthy_life_years_per_timely_pci")  # fmt: skip
HEART_SURGERY = Norm("cardiac_surgery", "demand_target_procedures_per_100k", "capacity_cases_per_or_per_year",
                     "min_volume_procedures_per_centre")  # fmt: skip
STROKE = Norm("stroke", "demand_first_stroke_per_100k", "capacity_cases_per_stroke_bed_per_year",
              "min_volume_stroke_admissions_per_centre", "benefit_haly_per_ivt_patient_60min_saved")  # fmt: skip
CHEMOTHERAPY = Norm("oncology_chemo", "demand_chemo_utilisation", "capacity_sessions_per_chair_per_year",
                    "min_volume_new_patients_per_centre")  # fmt: skip
RADIOTHERAPY = Norm("oncology_radiotherapy", "demand_rt_optimal_utilisation", "capacity_courses_per_linac_per_year",
                    "min_volume_courses_per_centre")  # fmt: skip
HIGH_RISK_BIRTH = Norm("high_risk_obstetrics", "demand_high_risk_share", "capacity_deliveries_per_bed_per_year",
                       "min_volume_deliveries_per_referral_unit")  # fmt: skip
NEWBORN = Norm("neonatal_icu", "demand_nicu_admissions_share", "capacity_admissions_per_bed_per_year",
               "min_volume_vlbw_high_benefit", "benefit_healthy_life_years_per_vlbw")  # fmt: skip
CHILD = Norm("paediatric_icu", "demand_picu_admissions_per_100k_children", "capacity_admissions_per_bed_per_year",
             "min_volume_admissions_per_unit")  # fmt: skip
NEUROSURGERY = Norm("neurosurgery", "demand_operative_neurosurgery_per_100k", "capacity_operations_per_or_per_year",
                    "min_volume_operations_per_centre")  # fmt: skip
UROLOGY = Norm("urology", "demand_urology_admissions_per_100k", "capacity_operations_per_or_per_year",
               "min_volume_operations_per_centre")  # fmt: skip


def deaths_by_late_angioplasty(pack: Parameters, note: str) -> Figure:
    """Return deaths in a year by 1,000 angioplasties that come an hour late.

    Of angioplasties 54 % are for acute coronary syndromes, of infarctions 64 % have ST elevation; the others are taken
    to lose nothing. The slope is that of patients of 65 years and more.
    """
    slope = pack.figure(INTERVENTION.name, "benefit_absolute_1yr_mortality_per_min_delay")
    return slope.times(1000 * 60 * 0.54 * 0.64, note, "C")
