"""The errors a user can meet. Each carries one sentence: file, place, value, what is legal."""


class CompendiumError(ValueError):
    """Something a user can put right; the message is one clear sentence."""


class DefinitionError(CompendiumError):
    """A definition file (study, questionnaire, scale, country facts) does not follow its schema."""


class AnswersError(CompendiumError):
    """A file of answers cannot be read, or holds what the questionnaire does not know."""


class ChainError(CompendiumError):
    """The chain of notebooks cannot run, or did not finish."""


class DisclosureError(CompendiumError):
    """Something that is to be published would show a person."""
