"""Show the voices of a page: themes counted in sources, statements with what facts say of them, good practices, gaps.

What stands on a public page and what does not: theme, code, the statement in our own words, the document it comes from, the
verdict and its fact. **Who speaks does not**: few people stand behind the statements, several roles occur once, and a role
within a named document is often one person. The role stays in the file, for the analyst; grouping roles would not help where
a group has one member. For the same reason nothing is counted in persons: counts are of documents.
"""

from .page import Sheet, of_study
from .register import practices
from .said import contradicted, picked, statements, verdicts
from .tables import missing, themes

__all__ = ["Sheet", "contradicted", "missing", "of_study", "picked", "practices", "statements", "themes", "verdicts"]
