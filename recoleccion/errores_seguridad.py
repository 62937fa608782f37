"""La parte del catálogo de ``errores.py`` que habla de entrar, de nombres, de respaldos y de derechos.

Código: qué pasó, qué hacer y con qué estado HTTP se contesta.
"""

SEGURIDAD: dict[str, tuple[str, str, int]] = {}
