"""Which drug a text or a code means (coding/drugs.py and its tables)."""

from __future__ import annotations

import csv
import gzip
import json
import os
import sys
import time
import warnings
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coding import drug_spelling, drug_table, drugs

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
KINDS = {
    "",
    "hormonal",
    "cms-named",
    "electrolyte",
    "fluid",
    "blood",
    "contrast",
    "flush",
    "declot",
    "own-code",
    "vaccine",
    "oxytocin",
    "sedation",
    "expander",
    "local",
}
FAMILIES = {
    "chemo",
    "therapeutic",
    "hydration",
    "none",
    "by_indication",
    "chemo_if_complexity_documented",
    "therapeutic_unless_complexity_documented",
}


def names_in(text: str, route: str = "") -> list[str]:
    """Names of the drugs that a text holds."""
    return [found.drug.name for found in drugs.read_mixture(text, (), route)]


def diluents_in(text: str) -> list[str]:
    """Names of the diluents that a text holds."""
    return [found.drug.name for found in drugs.read_mixture(text) if found.diluent]


# The tables


def test_every_row_is_complete_and_of_a_known_kind() -> None:
    for drug in drugs.all_drugs():
        assert drug.kind in KINDS, drug
        assert {drug.family, drug.commercial, drug.medicare} <= FAMILIES, drug
        assert drug.push_plausible in ("Y", "N", ""), drug
        assert drug.routes and drug.source, drug


def test_every_name_is_there_once() -> None:
    counted = Counter(drug.name.casefold() for drug in drugs.all_drugs())
    assert [name for name, times in counted.items() if times > 1] == []


@pytest.mark.parametrize("table", ["drugs.csv", "drugs_common.csv", "hcpcs.csv", "aliases.csv"])
def test_every_table_says_where_it_comes_from_and_when(table: str) -> None:
    head = (Path(drug_table.__file__).parent / "tables" / table).read_text(encoding="utf-8").splitlines()[:6]
    assert any(line.startswith("#") and "Compiled 20" in line for line in head)
    assert any(line.startswith("# Provenance") for line in head)


def test_every_code_belongs_to_a_drug_and_has_a_unit() -> None:
    for code in drug_table.all_codes():
        assert drugs.by_name(code.name) is not None, code
        if code.code:
            assert code.unit_qty > 0 and code.unit_uom, code
            assert not (code.first and code.last) or code.first <= code.last, code


def test_every_alias_leads_to_a_drug_or_a_brand() -> None:
    known = {drug.name for drug in drugs.all_drugs()} | {brand for drug in drugs.all_drugs() for brand in drug.brands}
    for alias in drug_table.aliases():
        assert alias.name in known | {drug_table.IGNORED, drug_table.PURPOSE, drug_table.OTHER}, alias


def test_the_named_antibodies_and_hormones_are_marked() -> None:
    assert {drug.key for drug in drugs.all_drugs() if drug.kind == "cms-named"} == {
        "infliximab",
        "rituximab",
        "alemtuzumab",
        "gemtuzumab ozogamicin",
        "trastuzumab",
    }
    assert {"leuprolide", "goserelin"} <= {drug.key for drug in drugs.all_drugs() if drug.kind == "hormonal"}


# Every row finds itself


def test_every_name_finds_its_own_row() -> None:
    for drug in drugs.all_drugs():
        found = drugs.identify(drug.name)
        assert found.drug == drug and found.others == (), (drug.name, found)
        assert drugs.identify(drug.name.upper()).drug == drug
        assert drugs.by_name(drug.name.title()) == drug


def test_every_brand_finds_its_row_and_is_the_product() -> None:
    for drug in drugs.all_drugs():
        for brand in drug.brands:
            found = drugs.identify(f"{brand} 10 mg")
            assert (found.drug, found.product) == (drug, brand), found


def test_every_key_and_alias_finds_its_ingredient() -> None:
    for drug in drugs.all_drugs():
        assert drugs.identify(drug.key).drug.key == drug.key
    for alias in drug_table.aliases():
        if not alias.name.startswith("(") and not alias.alias.startswith("rxnorm:"):
            found = drugs.identify(alias.alias)
            assert alias.name in (found.drug.name, found.product), (alias, found)


def test_every_rxnorm_code_finds_its_ingredient() -> None:
    for drug in drugs.all_drugs():
        if drug.rxnorm:
            found = drugs.identify("", ((RXNORM, drug.rxnorm),))
            assert found.drug.key == drug.key and found.by.startswith(f"RxNorm {drug.rxnorm}"), (drug, found)
            assert drugs.identify(drug.name, (("rxnorm", drug.rxnorm),)).drug == drug


def test_every_billing_code_finds_its_product() -> None:
    for code in drug_table.all_codes():
        if code.code:
            found = drugs.identify("", (("hcpcs", code.code),))
            assert found.drug.name in {row.name for row in drugs.by_hcpcs(code.code)}, code
            assert found.by == f"HCPCS {code.code}"


# Writings


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("vanc 1 g", "vancomycin"),
        ("vanco", "vancomycin"),
        ("solumedrol 125", "methylprednisolone"),
        ("solu medrol", "methylprednisolone"),
        ("Solu-Medrol 125 mg", "methylprednisolone"),
        ("5-FU 700 mg", "fluorouracil"),
        ("5FU", "fluorouracil"),
        ("5 FU", "fluorouracil"),
        ("NS", "sodium chloride"),
        ("0.9% NaCl", "sodium chloride"),
        ("NaCl 0.9%", "sodium chloride"),
        (".9% NaCl", "sodium chloride"),
        ("NaCl 0,9 % 500 ml", "sodium chloride"),
        ("normal saline 1 L", "sodium chloride"),
        ("D5W", "glucose"),
        ("dextrose 5% in water", "glucose"),
        ("D5NS", "dextrose 5%-sodium chloride"),
        ("D5 1/2NS", "dextrose 5%-sodium chloride"),
        ("D5 ½ NS", "dextrose 5%-sodium chloride"),
        ("dextrose 5 % and 0.45 % NaCl", "dextrose 5%-sodium chloride"),
        ("5% dextrose 0.9% sodium chloride", "dextrose 5%-sodium chloride"),
        ("LR", "lactated Ringer"),
        ("lactated Ringer's", "lactated Ringer"),
        ("Ringer's lactate", "lactated Ringer"),
        ("KCl 20 mEq", "potassium chloride"),
        ("K rider", "potassium chloride"),
        ("K-rider 10 mEq", "potassium chloride"),
        ("mag 2 g", "magnesium sulfate"),
        ("MgSO4", "magnesium sulfate"),
        ("Mag sulfate", "magnesium sulfate"),
        ("zosyn", "piperacillin / tazobactam"),
        ("pip-tazo", "piperacillin / tazobactam"),
        ("Piperacillin/Tazobactam (Zosyn)", "piperacillin / tazobactam"),
        ("piperacillin 2000 MG / tazobactam 250 MG Injection", "piperacillin / tazobactam"),
        ("rocephin", "ceftriaxone"),
        ("lasix", "furosemide"),
        ("toradol", "ketorolac"),
        ("zofran", "ondansetron"),
        ("benadryl", "diphenhydramine"),
        ("decadron", "dexamethasone"),
        ("pepcid", "famotidine"),
        ("reglan", "metoclopramide"),
        ("compazine", "prochlorperazine"),
        ("phenergan", "promethazine"),
        ("dilaudid", "hydromorphone"),
        ("MSO4", "morphine"),
        ("NTG gtt", "nitroglycerin"),
        ("levophed", "norepinephrine"),
        ("epi 0.3 mg", "epinephrine"),
        ("B12", "cyanocobalamin"),
        ("vit B12", "cyanocobalamin"),
        ("Vitamin B-12", "cyanocobalamin"),
        ("cytoxan", "cyclophosphamide"),
        ("adria", "doxorubicin"),
        ("taxol", "paclitaxel"),
        ("nab-paclitaxel", "paclitaxel"),
        ("IVIG", "immune globulin"),
        ("PRBC", "packed red blood cells"),
        ("2 units pRBCs", "packed red blood cells"),
        ("FFP", "fresh frozen plasma"),
        ("tPA 100 mg", "alteplase"),
        ("hep flush", "heparin"),
        ("APAP IV", "acetaminophen"),
        ("pembro", "pembrolizumab"),
        ("nivo", "nivolumab"),
        ("ritux", "rituximab"),
        ("trastuz", "trastuzumab"),
        ("leucovorin calcium", "leucovorin"),
        ("T-DM1", "ado-trastuzumab emtansine"),
        ("Trimethoprim-sulfamethoxazole", "sulfamethoxazole / trimethoprim"),
        ("TMP-SMX", "sulfamethoxazole / trimethoprim"),
        ("cefTRIAXone (ROCEPHIN) 2 g", "ceftriaxone"),
        ("IDArubicin", "idarubicin"),
        ("DHE 1 mg", "dihydroergotamine"),
        ("Doxorubicin HCl liposome injection", "doxorubicin liposomal"),
        ("Insulin - Humalog", "insulin lispro"),
        ("Insulin - Regular", "insulin regular human"),
        ("insulin, regular, human", "insulin regular human"),
        ("Insulin - NPH", "insulin nph"),
        ("TPN w/ Lipids", "parenteral nutrition"),
        ("Tdap", "tetanus-diphtheria-pertussis vaccine"),
        ("Tetanus, diphtheria and pertussis vaccine 0.5 mL", "tetanus-diphtheria-pertussis vaccine"),
        ("banana bag", "multivitamin"),
        ("Zosyn™ 4.5 g", "piperacillin / tazobactam"),
        ("Heparin-Natrium 5000 IE", "heparin"),
        ("Paracetamol", "acetaminophen"),
    ],
)
def test_what_nurses_and_billers_write_is_understood(text: str, key: str) -> None:
    assert drugs.identify(text).drug.key == key
    assert drugs.identify(text.upper()).drug.key == key


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("sodium chloride 0.45 %", "sodium chloride 0.45%"),
        ("0.45% NaCl", "sodium chloride 0.45%"),
        ("1/2 NS", "sodium chloride 0.45%"),
        ("1/2NS", "sodium chloride 0.45%"),
        ("sodium chloride 3%", "sodium chloride 3%"),
        ("23.4% sodium chloride", "sodium chloride 23.4%"),
        ("Dextrose 50%", "dextrose 50%"),
        ("D50W 25 g", "dextrose 50%"),
        ("dextrose 10%", "dextrose 10% water"),
        ("1000 ML sodium chloride 9 MG/ML Injection", "sodium chloride 0.9%"),
        ("50 ML glucose 500 MG/ML Prefilled Syringe", "dextrose 50%"),
        ("500 ML glucose 50 MG/ML Injection", "dextrose 5% water"),
        ("Sodium chloride 0.9% flush 10 mL", "sodium chloride flush"),
        ("NS flush", "sodium chloride flush"),
        ("IV fluids 1000 mL", "intravenous fluid (not named)"),
        ("D5 LR", "dextrose 5%-lactated Ringer"),
    ],
)
def test_a_fluid_is_known_by_its_strength(text: str, name: str) -> None:
    assert names_in(text) == [name]


@pytest.mark.parametrize(
    ("text", "product"),
    [
        ("infliximab-dyyb 400 mg", "Inflectra"),
        ("inFLIXimab-abda (RENFLEXIS)", "Renflexis"),
        ("bevacizumab-awwb", "Mvasi"),
        ("trastuzumab-anns 420 mg", "Kanjinti"),
        ("epoetin alfa-epbx 40,000 units", "Retacrit"),
        ("Rituximab-pvvr", "Ruxience"),
        ("pegfilgrastim-cbqv (UDENYCA)", "Udenyca"),
        ("Remicade", "Remicade"),
        ("Infliximab", ""),
        ("Immune globulin (Privigen) 10% 28 g", "Privigen"),
        ("Privigen 10% 28 g", "Privigen"),
    ],
)
def test_a_brand_or_suffix_names_the_product(text: str, product: str) -> None:
    assert drugs.identify(text).product == product


def test_a_suffix_that_the_tables_lack_is_never_billed_as_another_product() -> None:
    found = drugs.identify("infliximab-qbtx 300 mg")
    assert (found.drug.name, found.product) == ("infliximab", "infliximab-qbtx")
    assert drugs.hcpcs_for(found, date="2026-03-01") == ()


# Rows that share an ingredient


@pytest.mark.parametrize(
    ("text", "route", "name"),
    [
        ("Heparin lock flush 100 units/mL 5 mL", "iv", "heparin (flush)"),
        ("heparin, porcine (PF) 100 unit/mL flush 500 Units", "", "heparin (flush)"),
        ("Heparin 10 units/mL 3 mL", "", "heparin (flush)"),
        ("Heparin sodium injection", "iv", "heparin (therapeutic)"),
        ("heparin (porcine) 25,000 unit/250 mL (100 unit/mL) infusion", "", "heparin (therapeutic)"),
        ("Heparin 5000 units", "sc", "heparin (therapeutic)"),
        ("rituximab 700 mg", "iv", "rituximab"),
        ("rituximab", "sc", "rituximab-hyaluronidase"),
        ("Rituxan Hycela", "", "rituximab-hyaluronidase"),
        ("daratumumab 1800 mg", "", "daratumumab-hyaluronidase"),
        ("daratumumab 120 MG/ML / hyaluronidase-fihj 2000 UNT/ML Injection", "", "daratumumab-hyaluronidase"),
        ("alteplase 2 mg", "", "alteplase (catheter clearance)"),
        ("Cathflo", "", "alteplase (catheter clearance)"),
        ("alteplase 100 MG Injection", "", "alteplase"),
        ("adenosine 6 mg", "iv", "adenosine"),
        ("adenosine for stress test", "iv", "adenosine (stress)"),
        ("adenosine stress agent", "iv", "adenosine (stress)"),
        ("octreotide LAR 20 mg", "im", "octreotide depot"),
        ("octreotide 100 mcg", "sc", "octreotide"),
        ("Leuprolide acetate depot 22.5 mg", "im", "leuprolide depot (neoplasm)"),
        ("Lupron Depot-Ped 11.25 mg", "im", "leuprolide depot (non-neoplasm)"),
        ("alemtuzumab 12 mg", "iv", "alemtuzumab (Lemtrada)"),
        ("Campath 30 mg", "iv", "alemtuzumab (Campath)"),
        ("paclitaxel protein-bound", "", "paclitaxel protein-bound"),
        ("paclitaxel 300 mg", "iv", "paclitaxel"),
        ("Acetaminophen 650 mg tablet", "", "acetaminophen oral"),
        ("Acetaminophen 1000 mg", "iv", "acetaminophen IV"),
        ("methylprednisolone 80 mg", "im", "methylprednisolone acetate"),
        ("methylprednisolone 125 mg", "iv", "methylprednisolone sodium succinate"),
        ("haloperidol decanoate 100 mg", "im", "haloperidol decanoate"),
        ("lidocaine 1% 5 mL", "sc", "lidocaine (local)"),
        ("Immune globulin subcutaneous (Hizentra) 20% 10 g", "sc", "immune globulin Hizentra"),
        ("IVIG", "iv", "immune globulin"),
        ("trastuzumab and hyaluronidase-oysk", "sc", "trastuzumab-hyaluronidase"),
        ("aflibercept", "", "aflibercept"),
        ("ziv-aflibercept", "iv", "ziv-aflibercept"),
    ],
)
def test_words_strength_and_route_choose_among_rows_of_one_ingredient(text: str, route: str, name: str) -> None:
    found = drugs.identify(text, (), route)
    assert (found.drug.name, found.others) == (name, ())


def test_what_cannot_be_told_apart_lists_the_others() -> None:
    leuprolide = drugs.identify("Leuprolide 7.5 mg", (), "im")
    assert leuprolide.drug.name == "leuprolide depot (neoplasm)"
    assert leuprolide.others == ("leuprolide depot (non-neoplasm)",)
    assert drugs.identify("alemtuzumab", (), "iv").others == ("alemtuzumab (Campath)",)
    assert drugs.identify("", (("rxnorm", "42375"),)).others == ("leuprolide depot (non-neoplasm)",)


# Codes against words


def test_a_code_that_agrees_with_the_words_keeps_the_product_of_the_words() -> None:
    found = drugs.identify("Remicade 400 mg", ((RXNORM, "191831"),))
    assert (found.drug.name, found.by, found.product, found.others) == ("infliximab", "RxNorm 191831", "Remicade", ())


def test_a_code_outweighs_words_that_disagree_and_the_words_are_among_the_others() -> None:
    found = drugs.identify("Ondansetron 4 mg", (("rxnorm", "191831"),))
    assert (found.drug.name, found.others) == ("infliximab", ("ondansetron",))


def test_an_unverified_code_does_not_outweigh_the_words() -> None:
    found = drugs.identify("Ondansetron 4 mg", (("rxnorm", "67108"),))
    assert (found.drug.name, found.others) == ("ondansetron", ("enoxaparin",))
    assert drugs.identify("", (("rxnorm", "67108"),)).drug.name == "enoxaparin"


def test_a_billing_code_names_the_product_and_a_brand_of_another_code_is_asked_for() -> None:
    assert drugs.identify("Infliximab", (("hcpcs", "Q5103"),)).product == "Inflectra"
    assert drugs.identify("Remicade", (("hcpcs", "Q5103"),)).others == ("Remicade",)
    assert drugs.identify("Remicade", (("hcpcs", "J1745"),)).others == ()


def test_a_code_that_no_table_has_leaves_the_words() -> None:
    assert (
        drugs.identify("Ondansetron 4 mg", ((RXNORM, "999999999"), ("ndc", "0069-2587-10"))).drug.name == "ondansetron"
    )


# Mixtures


@pytest.mark.parametrize(
    ("text", "active", "diluent"),
    [
        (
            "Dexamethasone 10 mg + ondansetron 8 mg in 0.9% NaCl 50 mL",
            ["dexamethasone sodium phosphate", "ondansetron"],
            ["sodium chloride 0.9%"],
        ),
        ("vancomycin 1 g in 0.9% NaCl 250 mL", ["vancomycin"], ["sodium chloride 0.9%"]),
        (
            "Dextrose 5% - sodium chloride 0.45% with potassium chloride 20 mEq/L premix 1000 mL",
            ["dextrose 5%-sodium chloride", "potassium chloride (therapeutic)"],
            [],
        ),
        (
            "0.9% sodium chloride with 20 mEq KCl at 125 mL/hr",
            ["sodium chloride 0.9%", "potassium chloride (therapeutic)"],
            [],
        ),
        ("potassium chloride 10 mEq in NS 100 mL", ["potassium chloride (therapeutic)"], ["sodium chloride 0.9%"]),
        ("sodium bicarbonate 150 mEq in dextrose 5% 1000 mL", ["sodium bicarbonate"], ["dextrose 5% water"]),
        (
            "Thiamine 100 mg + folic acid 1 mg + multivitamin 10 mL in 0.9% NaCl 1000 mL",
            ["thiamine", "folic acid", "multivitamin"],
            ["sodium chloride 0.9%"],
        ),
        ("NS 1000 mL with MVI 10 mL", ["multivitamin"], ["sodium chloride 0.9%"]),
        ("Ifosfamide 2 g + mesna 800 mg in 0.9% NaCl 1000 mL", ["ifosfamide", "mesna"], ["sodium chloride 0.9%"]),
        ("Oxytocin 30 units in LR 500 mL", ["oxytocin"], ["lactated Ringer"]),
        ("sodium chloride 0.9 % (NS) bolus 1,000 mL", ["sodium chloride 0.9%"], []),
        ("D5W", ["dextrose 5% water"], []),
        ("piperacillin / tazobactam", ["piperacillin-tazobactam"], []),
        ("Amoxicillin-clavulanate", ["amoxicillin-clavulanate"], []),
        ("Hydrocortisone sodium phosphate 100 mg", ["hydrocortisone sodium succinate"], []),
        ("ketorolac tromethamine 30 mg", ["ketorolac"], []),
        ("Penicillin G potassium 4 million units", ["penicillin G"], []),
        ("Benadryl 25 mg IV premed for Rituximab", ["diphenhydramine"], []),
        (
            "Infusion bestehend aus 85mg Doxorubicin aufgeloest zur Verabreichung in 250ml 5-%iger (50 mg/ml) Glucose-Infusionsloesung",
            ["doxorubicin"],
            ["dextrose 5% water"],
        ),
        ("Infliximb 400 mg in 0.9% NaCl 250 mL", ["infliximab"], ["sodium chloride 0.9%"]),
        ("Foozumab 20 mg in 0.9% NaCl 250 mL", ["foozumab"], ["sodium chloride 0.9%"]),
        ("Foozumab in 0.9% NaCl 250 mL", ["foozumab"], ["sodium chloride 0.9%"]),
        ("Vancomycin 1 g + foozumab 20 mg", ["vancomycin", "foozumab"], []),
        ("Ceftriaxone 1 g (first half of one 2 g dose)", ["ceftriaxone"], []),
        ("Fluorouracil 4200 mg by ambulatory pump over 46 h", ["fluorouracil"], []),
    ],
)
def test_a_text_gives_each_drug_once_and_marks_its_diluent(text: str, active: list[str], diluent: list[str]) -> None:
    assert [name for name in names_in(text) if name not in diluents_in(text)] == active
    assert diluents_in(text) == diluent


# Spelling


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("infliximb", "infliximab"),
        ("cisplatn", "cisplatin"),
        ("carbplatin", "carboplatin"),
        ("doxorubcin", "doxorubicin"),
        ("daunorubicn", "daunorubicin"),
        ("vancomicin", "vancomycin"),
        ("ondansteron", "ondansetron"),
        ("hydralazne", "hydralazine"),
        ("cyclophosphomide", "cyclophosphamide"),
        ("pembrolizumb", "pembrolizumab"),
        ("predisone", "prednisone"),
        ("dexamethazone", "dexamethasone sodium phosphate"),
        ("diphenhydramin", "diphenhydramine"),
        ("vinblastin", "vinblastine"),
        ("sodium cloride", "sodium chloride 0.9%"),
        ("magnesum sulfate", "magnesium sulfate (therapeutic)"),
    ],
)
def test_a_slip_of_the_pen_is_corrected_and_said(wrong: str, right: str) -> None:
    found = drugs.identify(f"{wrong} 10 mg")
    assert found.drug.name == right
    assert found.by.startswith(("spelling: ", "written "))


@pytest.mark.parametrize("text", ["hydraxyzine 25 mg", "prednislone 10 mg", "hydroxazine", "cefotaxin", "foozumab"])
def test_a_misspelling_between_look_alikes_is_not_guessed(text: str) -> None:
    found = drugs.identify(text)
    assert not found.drug.known and found.by == "not found"


def test_look_alikes_that_exist_are_each_themselves() -> None:
    for name in (
        "hydralazine",
        "hydroxyzine",
        "vinblastine",
        "vincristine",
        "cisplatin",
        "carboplatin",
        "prednisone",
        "prednisolone",
        "chlorpromazine",
        "chlorpropamide",
        "cycloserine",
        "cyclosporine",
        "daunorubicin",
        "doxorubicin",
        "idarubicin",
        "epirubicin",
        "oxacillin",
        "cloxacillin",
        "dicloxacillin",
        "nifedipine",
        "nimodipine",
        "nicardipine",
        "quinidine",
        "clonidine",
        "clonazepam",
    ):
        found = drugs.identify(f"{name} 10 mg")
        assert (found.drug.key, found.by, found.others) == (name, "name", ())


def test_one_slip_in_any_name_never_gives_another_drug() -> None:
    for drug in drugs.all_drugs():
        word = drug.key
        if not word.isalpha() or not word.isascii() or len(word) < drug_spelling.SHORTEST:
            continue
        for place in range(1, len(word), 3):
            found = drugs.identify(word[:place] + word[place + 1 :])
            assert (
                not found.drug.known
                or found.drug.key == drug.key
                or (found.by != "name" and not found.by.startswith("spelling"))
            ), (
                word,
                place,
                found.by,
                found.drug.name,
            )


def test_a_drug_that_no_table_has_is_not_taken_for_its_neighbour() -> None:
    for name in (
        "pitavastatin",
        "saxagliptin",
        "nalorphine",
        "ceftizoxime",
        "thiopental",
        "vindesine",
        "teicoplanin",
        "lovastatin",
    ):
        assert not drugs.identify(f"{name} 10 mg").drug.known


def test_an_ordinary_word_is_not_taken_for_a_brand_or_an_abbreviation() -> None:
    for word in ("policy", "preceded", "singular", "tension", "definite", "spline", "deemed", "activate", "hypertext"):
        assert not drugs.identify(word).drug.known, word


def test_short_words_are_never_corrected() -> None:
    assert drug_spelling.allowed("lasx") == 0
    assert not drugs.identify("lasx").drug.known


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [("abc", "abc", 0), ("abc", "acb", 1), ("abc", "ab", 1), ("abc", "abcd", 1), ("abc", "xyz", 3)],
)
def test_distance_counts_slips(one: str, other: str, slips: int) -> None:
    assert drug_spelling.distance(one, other, 5) == slips


# Codes of products


@pytest.mark.parametrize(
    ("name", "product", "date", "codes"),
    [
        ("infliximab", "", "2026-01-05", ["J1745"]),
        ("infliximab", "Remicade", "2026-01-05", ["J1745"]),
        ("infliximab", "Renflexis", "2026-01-05", ["Q5104"]),
        ("infliximab", "renflexis", "2026-01-05", ["Q5104"]),
        ("trastuzumab", "Kanjinti", "2026-01-05", ["Q5117"]),
        ("docetaxel", "Docivyx", "2026-01-05", ["J9172"]),
        ("docetaxel", "Taxotere", "2026-01-05", ["J9171"]),
        ("eculizumab", "", "2024-05-01", ["J1300"]),
        ("eculizumab", "Soliris", "2026-02-09", ["J1299"]),
        ("methylprednisolone sodium succinate", "", "2024-03-31", ["J2920", "J2930"]),
        ("methylprednisolone sodium succinate", "Solu-Medrol", "2024-04-01", ["J2919"]),
        ("fluorouracil", "", "2026-09-30", ["J9190"]),
        ("fluorouracil", "", "2026-10-01", ["J9192"]),
        ("cyclophosphamide", "", "2026-10-01", ["J9075"]),
        ("cyclophosphamide", "Frindovyx", "2026-10-01", []),
        ("infliximab", "infliximab-qbtx", "2026-10-01", []),
        ("sodium chloride 0.9%", "", "2026-10-01", ["J7030", "J7040", "J7050"]),
        ("pantoprazole", "Protonix", "2026-10-01", []),
        ("vancomycin", "", "", ["J3373"]),
        ("denosumab", "Wyost", "", ["Q5136"]),
        ("no such drug", "", "", []),
    ],
)
def test_a_product_has_the_codes_in_force_on_the_date(name: str, product: str, date: str, codes: list[str]) -> None:
    assert [code.code for code in drugs.hcpcs_for(name, product, date)] == codes


def test_codes_can_be_asked_for_a_drug_a_finding_or_a_name() -> None:
    found = drugs.identify("Renflexis 400 mg")
    assert [code.code for code in drugs.hcpcs_for(found)] == ["Q5104"]
    assert [code.code for code in drugs.hcpcs_for(found.drug)] == ["J1745"]
    assert {code.code for code in drugs.hcpcs_of(found)} == {"J1745", "Q5103", "Q5104", "Q5121"}
    assert drugs.hcpcs_of("pantoprazole") == ()


def test_a_code_carries_its_unit_and_source() -> None:
    (code,) = drugs.by_hcpcs("j9312")
    assert (code.name, code.unit_qty, code.unit_uom) == ("rituximab", Decimal(10), "mg")
    assert "2025-10" in code.source
    assert [row.name for row in drugs.by_hcpcs("J0202")] == ["alemtuzumab (Lemtrada)", "alemtuzumab (Campath)"]


def test_immune_globulin_without_a_brand_has_every_code_so_that_the_brand_is_asked_for() -> None:
    codes = {code.code for code in drugs.hcpcs_for(drugs.identify("IVIG 30 g"), date="2026-05-01")}
    assert {"J1459", "J1561", "J1569"} <= codes


# Unknown names


def test_an_unknown_name_is_unknown_and_keeps_one_key_whatever_its_dose() -> None:
    one, other = drugs.identify("Foozumab 20 mg IV"), drugs.identify("foozumab 40 mg injection")
    assert not one.drug.known and one.by == "not found"
    assert one.drug.key == other.drug.key == "foozumab"


def test_an_empty_text_is_an_unknown_drug() -> None:
    assert drugs.read_mixture("") == (drugs.identify(""),)
    assert not drugs.identify("").drug.known


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80), st.sampled_from(["", "iv", "sc", "po", "im"]))
def test_any_text_gives_at_least_one_finding(text: str, route: str) -> None:
    found = drugs.read_mixture(text, (), route)
    assert found and all(isinstance(one.drug.key, str) for one in found)
    assert any(not one.diluent for one in found)
    drugs.identify(text, (("rxnorm", text), ("hcpcs", text)), route)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from([drug.name for drug in drugs.all_drugs()]),
            st.sampled_from(
                [
                    "10 mg",
                    "in",
                    "with",
                    "0.9%",
                    "NS 250 mL",
                    "+",
                    "/",
                    "(",
                    "IVPB",
                    "for",
                    "flush",
                    "5 mg/mL",
                    "foozumab",
                ]
            ),
            st.text(alphabet="abcdefghij 0123456789.%-/", max_size=8),
        ),
        max_size=6,
    )
)
def test_case_and_repetition_change_nothing(parts: list[str]) -> None:
    text = " ".join(parts)
    lower, upper = drugs.read_mixture(text.lower()), drugs.read_mixture(text.upper())
    assert [(one.drug.key, one.diluent) for one in lower] == [(one.drug.key, one.diluent) for one in upper]
    assert drugs.read_mixture(text) == drugs.read_mixture(text)


def test_a_fresh_text_is_read_in_well_under_a_millisecond() -> None:
    drugs.identify("vancomycin")
    texts = [f"vancomycin {dose} mg in sodium chloride 0.9% {dose} mL" for dose in range(500)]
    begin = time.perf_counter()
    for text in texts:
        drugs.read_mixture(text)
    assert (time.perf_counter() - begin) / len(texts) < 0.001


# Texts that others wrote


@pytest.fixture(scope="module")
def shared() -> Path:
    """The folder of worked cases and published charts; without it these tests say aloud that they did not run."""
    place = os.environ.get("CHAIRTIME_SHARED")
    if not place:
        warnings.warn(
            "CHAIRTIME_SHARED is not set: medication texts of cases and charts were not checked", stacklevel=2
        )
        pytest.skip("CHAIRTIME_SHARED is not set")
    return Path(place)


# The cases name some rows by product or form where our key is the ingredient.
CASE_KEYS = {"heparin lock flush": "heparin (flush)", "influenza vaccine": "influenza vaccine"}


def test_every_medication_text_of_the_cases_is_the_expected_drug(shared: Path) -> None:
    wrong, counted = [], 0
    for line in (shared / "cases" / "cases.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        for row in case["worksheet"]["administrations"]:
            for one in row["drugs"]:
                counted += 1
                found = drugs.read_mixture(one["text"])
                names = {each.drug.name.casefold() for each in found} | {each.drug.key.casefold() for each in found}
                if CASE_KEYS.get(one["key"], one["key"]) not in names or not all(each.drug.known for each in found):
                    wrong.append((case["id"], one["key"], one["text"], sorted(names)))
                assert any(not each.diluent for each in found)
            read = drugs.read_mixture(row["text"])
            if not all(each.drug.known for each in read):
                wrong.append((case["id"], "whole text", row["text"], [each.drug.name for each in read]))
    assert counted > 500
    assert wrong == []


def test_almost_every_item_name_of_the_intensive_care_data_is_known(shared: Path) -> None:
    # The share is written out (pytest -s shows it), so that a drop is seen before it fails.
    counted: Counter[str] = Counter()
    fhir = shared / "data" / "fhir"
    with gzip.open(fhir / "mimic-iv-demo-medadmin-derived" / "MedicationAdministrationICU.ndjson.gz", "rt") as lines:
        for line in lines:
            counted[json.loads(line)["medicationCodeableConcept"]["coding"][0]["display"]] += 1
    for table in ("continuous", "intermittent"):
        with gzip.open(fhir / "mimic-iv-demo-clif" / f"medication_admin_{table}.csv.gz", "rt") as lines:
            counted.update(row["med_name"] for row in csv.DictReader(lines))
    unknown = {name: times for name, times in counted.items() if not drugs.identify(name).drug.known}
    asked = {name: drugs.identify(name).others for name in counted if drugs.identify(name).others}
    share = 1 - sum(unknown.values()) / sum(counted.values())
    sys.stdout.write(
        f"{len(counted)} item names, {share:.1%} of {sum(counted.values())} rows known; unknown: {unknown}; asked: {asked}\n"
    )
    assert share > 0.99


def test_published_names_with_codes_agree_with_the_tables(shared: Path) -> None:
    for line in (
        (shared / "data" / "fhir" / "mcode" / "MedicationAdministration.ndjson")
        .read_text(encoding="utf-8")
        .splitlines()
    ):
        coding = json.loads(line)["medicationCodeableConcept"]["coding"][0]
        found = drugs.identify(coding["display"], ((coding["system"], coding["code"]),))
        assert found.drug.known and found.others == (), (coding, found)
