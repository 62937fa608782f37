"""Los nombres con que habla la publicación: lo que se lee, las reglas y lo que se publica. Sin SQL ni archivos."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

SEXOS: Mapping[str, str] = {"M": "Mujeres", "H": "Hombres"}

# Edad publicada -> edades que se capturan. «nd» no entra en ningún grupo: sólo cuenta en los totales sin edad.
EDADES: Mapping[str, tuple[str, ...]] = {
    "0-17": ("0-11", "12-17"),
    "18-29": ("18-29",),
    "30-44": ("30-44",),
    "45-59": ("45-59",),
    "60+": ("60+",),
}
EDAD_QUE_CONTIENE: Mapping[str, str] = {"18-29": "18-59", "30-44": "18-59", "45-59": "18-59"}
"""La menor edad del censo por localidad en que cabe cada una que ese censo no separa."""
ETIQUETAS_EDAD: Mapping[str, str] = {
    "0-17": "Menos de 18 años",
    "18-29": "De 18 a 29 años",
    "30-44": "De 30 a 44 años",
    "45-59": "De 45 a 59 años",
    "60+": "60 años o más",
}
DIMENSIONES = ("sexo", "edad", "zona", "programa")
TOTAL = "todas"


@dataclass(frozen=True)
class Asistencia:
    """Un renglón contado. ``credencial`` sólo sirve para saber si dos renglones son la misma persona."""

    evento: str
    mes: str
    programa: str
    zona: str
    sexo: str
    edad: str
    personas: int = 1
    credencial: str | None = None


@dataclass(frozen=True)
class Contestacion:
    """Una contestación que ya salió de la urna: no lleva evento ni persona."""

    instrumento: str
    version: int
    programa: str
    zona: str | None
    sexo: str | None
    edad: str | None
    respuestas: Mapping[str, Any]


@dataclass(frozen=True)
class Cambio:
    """Antes y después de una misma ficha: por pregunta, ``mejor``, ``igual`` o ``peor``."""

    programa: str
    zona: str | None
    sexo: str | None
    edad: str | None
    cambios: Mapping[str, Any]


@dataclass(frozen=True)
class Evento:
    """Sólo lo que la oficina anuncia: mes, programa y zona; nunca el día, la sede ni el título."""

    id: str
    mes: str
    programa: str
    zona: str
    lineas: tuple[tuple[int, str], ...] = ()
    del_periodo: bool = True
    """Falso si es de un periodo ya publicado y sólo trae asistencias que llegaron tarde."""


@dataclass(frozen=True)
class LineaPoa:
    ejercicio: int
    clave: str
    orden: int
    tipo: str
    texto: str
    indicador: str | None = None
    unidad: str | None = None
    meta_anual: float | None = None
    trimestres: tuple[float | None, float | None, float | None, float | None] = (None, None, None, None)


@dataclass(frozen=True)
class Pregunta:
    """Una pregunta cerrada que se puede publicar. ``correcta`` es la clave acertada, si la hay."""

    instrumento: str
    clave: str
    tipo: str
    texto: str
    opciones: tuple[tuple[str, str], ...]
    correcta: str | None = None
    versiones: frozenset[int] = frozenset()
    peldanos: tuple[tuple[tuple[str, ...], ...], ...] = ()
    """Cómo dice la encuesta que se juntan sus opciones; sin nada, la escalera de siempre."""
    sin_separar: bool = False
    """Sólo sale en total: separada por grupo no cupo."""


@dataclass(frozen=True)
class Crudo:
    """Todo lo que se leyó de la base privada para un lote, ya sin nada que nombre a alguien."""

    lote: str
    desde: str
    hasta: str
    asistencias: tuple[Asistencia, ...] = ()
    contestaciones: tuple[Contestacion, ...] = ()
    cambios: tuple[Cambio, ...] = ()
    eventos: tuple[Evento, ...] = ()
    lineas_poa: tuple[LineaPoa, ...] = ()
    preguntas: tuple[Pregunta, ...] = ()
    titulos: Mapping[str, str] = field(default_factory=dict)
    aplicadas: frozenset[str] = frozenset()
    """Claves de las encuestas que llevó algún evento del periodo."""


@dataclass(frozen=True)
class Censo:
    """Habitantes por (zona, sexo, edad); ``None`` es «todos». Fuente: INEGI, Censo 2020."""

    habitantes: Mapping[tuple[str | None, str | None, str | None], int] = field(default_factory=dict)

    def denominador(self, zona: str | None, sexo: str | None, edad: str | None) -> int | None:
        """Habitantes de la menor celda conocida que contiene a la pedida; ``None`` si no se conoce ninguna."""
        zonas = (zona, *(("otras localidades",) if zona not in (None, "cabecera") else ()), None)
        conocidas = [
            n
            for z in zonas
            for s in {sexo, None}
            for e in {edad, EDAD_QUE_CONTIENE.get(edad or ""), None}
            if (n := self.habitantes.get((z, s, e))) is not None
        ]
        return min(conocidas, default=None)


@dataclass(frozen=True)
class Reglas:
    """Los parámetros en vigor. Los números son la regla 10-30-5; cambiar uno cambia sólo los lotes por venir."""

    zonas: Mapping[str, str]
    programas: Mapping[str, str]
    censo: Censo = field(default_factory=Censo)
    umbral: int = 10
    base_minima: int = 30
    tope_respuesta: float = 0.9
    redondeo: int = 5
    saturacion: float = 0.8
    modo: str = "redondeo"
    """``redondeo``, o ``eps``: ruido geométrico en su lugar (:mod:`publicacion.eps`)."""
    epsilon: float = 3.0
    """Por pregunta y lote; sólo cuenta en el modo ``eps``."""
    encuestas_sin_publicar: frozenset[str] = frozenset()
    """Claves de las encuestas que la oficina eligió no publicar."""
    ejes_asistencia: tuple[str, ...] = (
        "total",
        "sexo",
        "edad",
        "zona",
        "programa",
        "sexo+edad",
        "sexo+zona",
        "edad+zona",
        "programa+sexo",
    )
    ejes_respuesta: tuple[str, ...] = ("total", "sexo")
    ejes_cambio: tuple[str, ...] = ("total", "sexo")

    def valores(self, dimension: str) -> Mapping[str, str]:
        """Dominio fijo de una dimensión, clave -> etiqueta, en orden."""
        dominios = {"sexo": SEXOS, "edad": ETIQUETAS_EDAD, "zona": self.zonas, "programa": self.programas}
        return dominios[dimension]

    def con(self, **cambios: Any) -> "Reglas":
        return replace(self, **cambios)


class Celda(NamedTuple):
    """Un renglón del libro: tabla, llave (JSON canónico de una lista) y valor (JSON canónico de un objeto)."""

    tabla: str
    celda: str
    valor: str


class Motivo(NamedTuple):
    """Qué pasó con una celda y por qué. ``real`` no sale de la oficina; ``publicada`` es lo que se mostraría."""

    tabla: str
    celda: str
    real: int | None
    publicada: int | None
    motivo: str
    """Una clave de :data:`MOTIVOS`."""


class Examinada(NamedTuple):
    """Una celda del libro junto con su porqué."""

    celda: Celda
    motivo: Motivo


MOTIVOS: Mapping[str, str] = {
    "se_muestra": "Se muestra.",
    "pocas": "Pudieron ser menos de 10 personas, o nadie.",
    "base_chica": "Contestaron menos de 30 personas de ese grupo.",
    "casi_todas_igual": "Casi todas contestaron lo mismo, o alguna opción tiene menos de 10.",
    "otro_peldano": "Se muestra junta con otras opciones, o por separado.",
    "satura": "Pudo haber ido casi toda la gente de ese grupo: el número diría quién fue.",
    "resta_poa": "Al restarla de otra línea del POA se descubriría un evento de menos de 10 personas.",
    "tabla_quitada": "La auditoría quitó esta tabla: con ella se podía deducir algo que se esconde.",
}
"""Por qué una celda se muestra o no, dicho a la titular."""
