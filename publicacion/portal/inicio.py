"""La portada: los números de lo último que se publicó, dos gráficas y el menú de preguntas."""

from typing import Any, NamedTuple

from . import cambio, encuestas, metas, participacion, programas, tendencia
from .graficas import Barra, barras
from .lectura import Lote, Publica
from .numeros import OCULTA, Parte, cuenta
from .pagina import Columna, Cuadro, Cuenta, Ir, Pedido

PREGUNTAS: dict[str, Any] = {m.CLAVE: m for m in (participacion, encuestas, cambio, metas, tendencia, programas)}
"""En el orden del menú. Cada módulo dice su CLAVE, TITULO y RESUMEN, y sabe ``armar`` su página."""


class Indicador(NamedTuple):
    """``numero`` se lee grande; ``que``, qué es; ``detalle``, lo que hay que saber; ``clave``, su pregunta."""

    numero: str
    que: str
    detalle: str
    clave: str


def portada(base: Publica, ir: Ir) -> dict[str, Any]:
    """Sin lotes, ``lote`` va vacío: la portada dice entonces qué vendrá."""
    if not base.lotes:
        return {"lote": None, "lotes": [], "indicadores": [], "cuadros": []}
    lote = base.lotes[0]
    return {
        "lote": lote,
        "lotes": base.lotes,
        "indicadores": _indicadores(base, lote),
        "cuadros": _cuadros(base, lote, ir),
    }


def _indicadores(base: Publica, lote: Lote) -> list[Indicador]:
    total = base.total(lote.clave)
    eventos = sum(f["eventos"] for f in base.eventos(lote.clave))
    contestaciones = cuantas_contestaciones(base, lote)
    vistos = [o for o in base.cambios(lote.clave).values() if any(x.n is not None for x in o)]
    dicho = cambio.en_resumen(vistos, base.redondeo(lote.clave, "ejes_cambio"))
    return [
        _indicador(
            total, "asistencias", "No son personas distintas: quien vino tres veces cuenta tres.", "participacion"
        ),
        Indicador(
            cuenta(eventos), "eventos" if eventos != 1 else "evento", "Pláticas, talleres y campañas.", "programas"
        ),
        _indicador(contestaciones, "contestaciones o más", "Encuestas anónimas, sin nombre.", "encuestas"),
        _mejoraron(dicho[0] if dicho else None),
    ]


def _indicador(n: int | None, que: str, detalle: str, clave: str) -> Indicador:
    if n is None:
        return Indicador("—", que, f"No se muestra: {OCULTA}.", clave)
    return Indicador(cuenta(n), que, detalle, clave)


def _mejoraron(parte: Parte | None) -> Indicador:
    que = "de las respuestas mejoraron después de la plática"
    if parte is None:
        return Indicador("—", que, f"No se muestra: {OCULTA}.", "cambio")
    return Indicador(f"{parte.valor} %", que, f"Más o menos {parte.error} puntos, por el redondeo.", "cambio")


def cuantas_contestaciones(base: Publica, lote: Lote) -> int | None:
    """Cuando menos cuántas: de cada encuesta, las de la pregunta con más respuestas a la vista, quitado el redondeo."""
    redondeo = base.redondeo(lote.clave)
    por_encuesta: dict[str, int] = {}
    for (instrumento, clave), opciones in base.respuestas(lote.clave).items():
        n = redondeo.cuando_menos([o.n for o in opciones if o.n is not None])
        if n and not base.preguntas[instrumento, clave].varias:
            por_encuesta[instrumento] = max(n, por_encuesta.get(instrumento, 0))
    return sum(por_encuesta.values()) or None


def _cuadros(base: Publica, lote: Lote, ir: Ir) -> list[Cuadro]:
    cuadros = []
    if "edad" in base.ejes:
        celdas = base.asistencias(lote.clave, "edad")
        titulo = f"Asistencias por edad, {lote.etiqueta}"
        barras_ = [Barra(c.etiqueta, c.n, "" if c.n is None else cuenta(c.n)) for c in celdas]
        cuadros.append(
            Cuadro(
                titulo,
                (Columna("edad", "Edad"), Columna("asistencias", "Asistencias", numero=True)),
                [
                    (
                        c.etiqueta,
                        Cuenta(c.n, ir("asistencia_cubo", {"lote": lote.clave, "eje": "edad", "grupo": c.grupo})),
                    )
                    for c in celdas
                ],
                barras("edad", titulo, [("", barras_)]),
            )
        )
    if len(base.lotes) > 1:
        lotes = list(reversed(base.lotes[: tendencia.CUANTAS]))
        cuadros.append(tendencia.asistencias(base, lotes, {}, ir, Pedido({})))
    return cuadros
