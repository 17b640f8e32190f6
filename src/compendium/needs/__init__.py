"""Training needs: what matters beside what is mastered, competence by competence."""

from .discrepancy import borich, quadrants, ranked_discrepancy
from .evidence import translations
from .ranks import rank_intervals

__all__ = ["borich", "quadrants", "rank_intervals", "ranked_discrepancy", "translations"]
