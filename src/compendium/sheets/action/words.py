"""Words for the codes of levers."""

from ...text import Catalogue


def level_words(t: Catalogue) -> dict[str, str]:
    """Return the words for levels of prevention."""
    return {
        "primary": t("at the source (primary)"),
        "secondary": t("noticing and coping early (secondary)"),
        "tertiary": t("help when harm is there (tertiary)"),
    }


def who_words(t: Catalogue) -> dict[str, str]:
    """Return the words for who acts."""
    return {
        "group": t("the trade community"),
        "support_team": t("the support team"),
        "cooperative": t("the cooperative"),
        "funders": t("clients and funders"),
        "network": t("a federation or union"),
        "public": t("public authorities"),
    }


def effort_words(t: Catalogue) -> dict[str, str]:
    """Return the words for efforts."""
    return {
        "low": t("some hours"),
        "medium": t("days, or some hundred euros"),
        "high": t("a budget, months or a negotiation"),
    }


def evidence_words(t: Catalogue) -> dict[str, str]:
    """Return the words for kinds of evidence."""
    return {
        "review": t("Reviews of studies"),
        "trial": t("A trial"),
        "law": t("Law"),
        "practice": t("Practice, not measured"),
        "idea": t("Reasoned, not tried"),
    }
