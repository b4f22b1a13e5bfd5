"""The panel: a question in plain words to an answer with citations, or an honest refusal. Offline and deterministic."""

from coding.panel.answer import Answer, Choice, Evidence, Open, Sentence, Turn
from coding.panel.ask import ask, suggestions
from coding.panel.vain import redacted

__all__ = ["Answer", "Choice", "Evidence", "Open", "Sentence", "Turn", "ask", "redacted", "suggestions"]
