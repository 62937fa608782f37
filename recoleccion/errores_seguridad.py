"""La parte del catálogo de ``errores.py`` que habla de entrar, de nombres, de respaldos y de derechos.

Código: qué pasó, qué hacer y con qué estado HTTP se contesta.
"""

SEGURIDAD: dict[str, tuple[str, str, int]] = {
    # Entrar
    "llevado_ilegible": (
        "Lo que se había quedado a medias ya no se puede seguir.",
        "Abra la página otra vez y repita lo que hacía.",
        400,
    ),
    "llevado_de_otra": (
        "Lo que se quedó a medias es de otra cuenta.",
        "Entre con esa cuenta para seguirlo, o empiece de nuevo.",
        403,
    ),
    "muchos_numeros": (
        "Hubo varios números o códigos equivocados.",
        "Espere {espera}, o entre desde donde ya había entrado.",
        429,
    ),
    "llave_acceso_repetida": (
        "Esa llave de acceso ya está dada de alta.",
        "Use otro aparato, o déjela como está.",
        409,
    ),
    "muchas_llaves_acceso": (
        "Una cuenta puede tener {cuantas} llaves de acceso.",
        "Quite una que ya no use y repita.",
        409,
    ),
}
