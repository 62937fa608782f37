"""La auditoría: ¿de lo que se va a publicar, y de lo que cualquiera ya sabe, se deduce algo que se escondió?"""

from .dictamen import Dictamen, Hallazgo
from .quitar import ensayar, exigir, proteger_auditado

__all__ = ["Dictamen", "Hallazgo", "ensayar", "exigir", "proteger_auditado"]
