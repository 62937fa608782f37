"""Por qué espera un registro, en las palabras de quien decide: qué pasó, qué conviene hacer y qué dice el botón."""

from dataclasses import dataclass

REVISADOS = 200
"""Los ya revisados que se enseñan, del más nuevo al más viejo."""


@dataclass(frozen=True)
class Razon:
    """``junto``: se puede aceptar todo el grupo de una vez. ``otra_vez``: aceptar es volver a intentar."""

    titulo: str
    consejo: str
    junto: bool = True
    otra_vez: bool = True


_ILEGIBLE = Razon(
    "No se pudieron leer",
    "Llegaron dañados. Pregunte a quien los envió si faltó alguien y regístrelo en el evento. Aquí se conservan.",
)
_FALTA = "Puede intentar contarlos otra vez cuando ya esté. Si no es de esta oficina, descártelos."


class _Razones(dict[str, Razon]):
    """La de un código que no está es que no se pudo leer; preguntarla no la agrega."""

    def __missing__(self, _codigo: str) -> Razon:
        return _ILEGIBLE


RAZONES = _Razones(
    {
        "dispositivo_revocado": Razon(
            "De teléfonos dados de baja",
            "Vienen firmados por esos teléfonos. Si sabe quién los traía esos días, acéptelos.",
            otra_vez=False,
        ),
        "firma_invalida": Razon(
            "Sin firma que se pueda comprobar",
            "Los pudo hacer otra persona. Acéptelos sólo si quien los envió le confirma que son suyos.",
            otra_vez=False,
        ),
        "otro_contenido": Razon(
            "Con un número que ya se contó",
            "Ya hay un registro con ese número y dice otra cosa. Compare los dos y elija cuál se queda.",
            junto=False,
        ),
        "evento_desconocido": Razon("De un evento que aquí no está", f"Su evento no existe en esta base. {_FALTA}"),
        "aviso_desconocido": Razon(
            "Con un aviso de privacidad que aquí no está", f"Publique el aviso que falta. {_FALTA}"
        ),
        "instrumento_desconocido": Razon(
            "De una encuesta que aquí no está",
            f"Falta esa encuesta, o esa versión: si tiene su hoja de cálculo, súbala en «Encuestas». {_FALTA}",
        ),
        "version_desconocida": Razon(
            "De una aplicación más nueva que este programa",
            "Actualice el programa de la oficina y vuelva a intentar: entonces se podrán leer.",
        ),
        "tipo_desconocido": Razon(
            "De un tipo que este programa no conoce", "Actualice el programa de la oficina y vuelva a intentar."
        ),
        "datos_invalidos": Razon("Con un dato que falta o no existe", "Les falta algo para poder contarse."),
        "contestacion_invalida": Razon(
            "Encuestas con una respuesta que no existe", "La encuesta cambió después de contestarse."
        ),
        "de_mas": Razon(
            "Más de los que caben en el evento",
            "Llegaron por la página de asistentes, demasiados a la vez o en total. Si de veras vino tanta gente, "
            "acéptelos; si no, descártelos: los mandó un programa.",
            otra_vez=False,
        ),
        "sin_numero": Razon(
            "Sin el número de la sala",
            "Llegaron mientras a su evento le mandaban registros falsos, y sin el número de la sala. Si a quienes sí "
            "vinieron no se les dijo ese número, aquí está lo suyo, junto con lo que mandó un programa.",
            otra_vez=False,
        ),
        "sospechoso": Razon(
            "No parecen de una persona",
            "Llegaron por la página de asistentes sin haberla abierto, o más aprisa de lo que se lee. Casi siempre los "
            "manda un programa. Acéptelos sólo si alguien que sí vino dice que falta.",
            otra_vez=False,
        ),
        "no_se_guardo": Razon("No se pudieron acomodar", "Intente contarlos otra vez; si siguen aquí, pida ayuda."),
    },
)
"""Código de un acuse -> lo que lee la titular; lo que no está aquí, no se pudo leer."""
