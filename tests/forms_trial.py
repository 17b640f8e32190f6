"""A small study whose form holds every kind of question, for the tests of the forms."""

from pathlib import Path

from compendium.study.study import Study, load_study

STUDY = """
id: trial-study
title: {en: "A trial of forms", fr: "Un essai de formulaires"}
countries:
  - {code: "AA", name: {en: "Aland"}, languages: [en, fr]}
  - {code: "BB", name: {en: "Bland"}, languages: [en]}
pooled: {code: "ALL", name: {en: "All"}}
waves: ["2026"]
languages: [en]
disclosure: {minimum_cell: 10}
seed: 1
modules:
  - {module: "last", asked: false, countries: ["BB"]}
questionnaire:
  id: trial
  version: "3"
  languages: [en, fr]
  cleaning:
    consent: {question: consent, codes: ["yes"]}
    eligible: {question: population, codes: [potential, active]}
  modules:
    - id: first
      title: {en: "First", fr: "Début"}
      questions:
        - {id: hello, type: note, text: {en: "Asked by {partner}.", fr: "Une enquête de {partner}."}}
        - id: consent
          type: single
          text: {en: "Do you agree?", fr: "Acceptez-vous ?"}
          options:
            - {code: "yes", label: {en: "Yes", fr: "Oui"}}
            - {code: "no", label: {en: "No", fr: "Non"}}
        - id: population
          type: single
          text: {en: "Where do you stand?", fr: "Où en êtes-vous ?"}
          options:
            - {code: "potential", label: {en: "Before", fr: "Avant"}}
            - {code: "active", label: {en: "Within", fr: "Dedans"}}
            - {code: "neither", label: {en: "Neither", fr: "Ni l'un ni l'autre"}}
        - {id: hours_week, type: number, unit: hours_week, minimum: 0, maximum: 100, text: {en: "Hours?", fr: "Heures ?"}}
    - id: middle
      title: {en: "Middle", fr: "Milieu"}
      intro: {en: "About your work.", fr: "Sur votre travail."}
      questions:
        - id: tools
          type: multiple
          populations: [active]
          text: {en: "= Which tools?", fr: "= Quels outils ?"}
          help: {en: "Think of last month.", fr: "Pensez au mois dernier."}
          non_answers: ["prefer_not_to_say"]
          options:
            - {code: "pen", label: {en: "Pen", fr: "Stylo"}}
            - {code: "screen", label: {en: "Screen", fr: "Écran"}}
            - {code: "none", exclusive: true, label: {en: "None", fr: "Aucun"}}
        - id: tools_text
          type: text
          populations: [active]
          when: [{question: tools, codes: ["pen", "screen"]}, {question: hours_week, above: 10}]
          text: {en: "Which one most?", fr: "Lequel le plus ?"}
        - id: income
          type: shares
          populations: [active]
          text: {en: "What do you live on?", fr: "De quoi vivez-vous ?"}
          options:
            - {code: "sales", label: {en: "Sales", fr: "Ventes"}}
            - {code: "grants", label: {en: "Grants", fr: "Aides"}}
        - {id: turnover, type: number, unit: eur_year, minimum: 0, maximum: 2000000, populations: [active], text: {en: "Turnover?", fr: "Chiffre d'affaires ?"}}
    - id: last
      title: {en: "Last", fr: "Fin"}
      questions:
        - {id: item_a, type: item, scale: frequency5, text: {en: "Item a.", fr: "Phrase a."}}
        - {id: item_b, type: item, scale: frequency5, populations: [active], text: {en: "Item b.", fr: "Phrase b."}}
        - {id: item_c, type: item, scale: frequency5, text: {en: "Item c.", fr: "Phrase c."}}
        - {id: open_words, type: text, text: {en: "What else?", fr: "Quoi d'autre ?"}}
"""


def trial(folder: Path, content: str = STUDY) -> Study:
    """Return the trial study, written into a folder."""
    (folder / "study.yml").write_text(content, encoding="utf-8")
    return load_study(folder)
