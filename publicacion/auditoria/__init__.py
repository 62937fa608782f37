"""La auditoría: ¿de lo que se va a publicar, y de lo que cualquiera ya sabe, se deduce algo que se escondió?"""

from .dictamen import Dictamen, Hallazgo, auditar
from .quitar import ensayar, exigir, proteger_auditado

__all__ = ["Dictamen", "Hallazgo", "auditar", "ensayar", "exigir", "proteger_auditado"]
