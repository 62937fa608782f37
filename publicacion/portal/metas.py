"""¿Cómo van las metas del POA? Lo hecho en cada línea, y su avance cuando la unidad se puede contar aquí."""

import unicodedata
from collections.abc import Sequence
from typing import Any, NamedTuple

from .graficas import Barra, barras
from .lectura import Publica
from .numeros import OCULTA, cuenta, mayuscula, plural
from .pagina import Columna, Cuadro, Cuenta, Exacta, Ir, Pagina, Pedido

CLAVE = "metas"
TITULO = "¿Cómo van las metas del POA?"
RESUMEN = "Eventos y asistencias de cada línea del programa operativo anual, y su avance."
_POR_EVENTOS = frozenset({"evento", "eventos", "actividad", "actividades"})
_POR_ASISTENCIAS = frozenset({"asistencia", "asistencias"})


class Linea(NamedTuple):
    """Lo que lleva una línea en los periodos pedidos. ``faltan``: periodos en que sus asistencias no se muestran."""

    clave: str
    texto: str
    tipo: str
    indicador: str | None
    unidad: str | None
    meta: float | None
    eventos: int
    asistencias: int
    vistas: int
    faltan: int

    @property
    def hecho(self) -> int | None:
        """Lo hecho en la unidad de la línea; ``None`` si esa unidad no se cuenta aquí."""
        unidad = _sin_acentos(self.unidad or "")
        if unidad in _POR_EVENTOS:
            return self.eventos
        return self.asistencias if unidad in _POR_ASISTENCIAS and self.vistas else None

    @property
    def cuando_menos(self) -> bool:
        return self.faltan > 0 and _sin_acentos(self.unidad or "") in _POR_ASISTENCIAS

    @property
    def avance(self) -> int | None:
        """Por ciento de la meta. ``None`` sin meta o sin cuenta."""
        return None if self.hecho is None or not self.meta else int(100 * self.hecho / self.meta)

    @property
    def dicho(self) -> str:
        if self.avance is not None:
            return f"{self.avance} %{' o más' if self.cuando_menos else ''}"
        if self.meta is None:
            return "sin meta definida"
        if _sin_acentos(self.unidad or "") in _POR_ASISTENCIAS:
            return OCULTA
        return f"no se calcula aquí: se mide en {self.unidad}" if self.unidad else "falta decir en qué se mide"


def armar(base: Publica, pedido: Pedido, ir: Ir) -> Pagina:
    pagina = Pagina()
    ejercicios = {str(e): str(e) for e in base.ejercicios}
    if not ejercicios:
        pagina.respuesta = "Todavía no se publica ninguna línea del programa operativo anual."
        return pagina
    ejercicio = pedido.elegir("ejercicio", "Año", ejercicios, next(iter(ejercicios)))
    filas = base.poa(int(ejercicio))
    periodos = {f["lote"]: mayuscula(f["periodo"]) for f in filas}
    lote = pedido.elegir("periodo", "Periodo", {"": f"Lo que va de {ejercicio}"} | dict(reversed(periodos.items())))
    tipos = {"": "Metas y acciones", "meta": "Sólo metas", "accion": "Sólo acciones"}
    tipo = pedido.elegir("tipo", "Líneas", tipos)
    pedidas = [f for f in filas if lote in ("", f["lote"]) and tipo in ("", f["tipo"])]
    lineas = _sumar(pedidas)
    usados = [x for x in base.lotes if x.clave in {f["lote"] for f in pedidas}]
    pagina.publicado_el = max((x.publicado_el for x in usados), default="")
    pagina.periodo = periodos[lote] if lote else f"{ejercicio}, {plural(len(usados), 'periodo', 'periodos')}"
    pagina.cuadros = [_cuadro(lineas, ejercicio, lote, pagina.periodo, ir)]
    pagina.respuesta = _respuesta(lineas, ejercicio, pagina.periodo)
    pagina.notas = [
        "Las líneas no se suman entre sí: un mismo evento puede contar en varias.",
        "En el POA las asistencias van exactas, desde 10. «O más»: en algún periodo no se muestran y no entran en la"
        " suma.",
        "El avance se calcula si la línea se mide en asistencias, eventos o actividades. Lo que se mide de otro modo lo"
        " informa la oficina.",
    ]
    pagina.registros = (
        ("Líneas del POA, por periodo", ir("poa", {"ejercicio": ejercicio} | ({"lote": lote} if lote else {}))),
    )
    return pagina


def _sumar(filas: Sequence[Any]) -> list[Linea]:
    """Una línea por clave; la meta y los textos son los del periodo más nuevo."""
    por_clave: dict[str, list[Any]] = {}
    for f in filas:
        por_clave.setdefault(f["linea"], []).append(f)
    orden = sorted(por_clave.values(), key=lambda suyas: (suyas[-1]["orden"], suyas[-1]["linea"]))
    return [
        Linea(
            suyas[-1]["linea"],
            suyas[-1]["texto"],
            suyas[-1]["tipo"],
            suyas[-1]["indicador"],
            suyas[-1]["unidad"],
            suyas[-1]["meta_anual"],
            sum(f["eventos"] for f in suyas),
            sum(f["asistencias"] or 0 for f in suyas),
            sum(f["asistencias"] is not None for f in suyas),
            sum(f["asistencias"] is None and f["eventos"] > 0 for f in suyas),
        )
        for suyas in orden
    ]


def _cuadro(lineas: Sequence[Linea], ejercicio: str, lote: str, periodo: str, ir: Ir) -> Cuadro:
    titulo = f"Avance de las líneas con meta, {periodo}"
    con_avance = [
        Barra(f"{x.clave} · {x.indicador or x.texto}", min(x.avance, 100), x.dicho)
        for x in lineas
        if x.avance is not None
    ]
    filas = []
    for x in lineas:
        donde = {"ejercicio": ejercicio, "linea": x.clave} | ({"lote": lote} if lote else {})
        enlace = ir("poa", donde)
        meta = "" if x.meta is None else f"{x.meta:,.10g} {x.unidad or ''}".strip()
        asistencias = Cuenta(x.asistencias if x.vistas else None, enlace, cuando_menos=x.faltan > 0)
        filas.append(
            (
                x.clave,
                x.texto,
                x.indicador or "",
                meta or "sin definir",
                Exacta(x.eventos, enlace),
                asistencias,
                x.dicho,
            )
        )
    return Cuadro(
        titulo if con_avance else f"Líneas del POA, {periodo}",
        (
            Columna("linea", "Línea"),
            Columna("texto", "Qué dice el POA"),
            Columna("indicador", "Con qué se mide"),
            Columna("meta_anual", "Meta del año"),
            Columna("eventos", "Eventos", numero=True),
            Columna("asistencias", "Asistencias", numero=True),
            Columna("avance", "Avance"),
        ),
        filas,
        barras("poa", titulo, [("", con_avance)], tope=100) if con_avance else None,
        ["La barra entera es la meta del año."] if con_avance else [],
        ancho=True,
    )


def _respuesta(lineas: Sequence[Linea], ejercicio: str, periodo: str) -> str:
    metas = [x for x in lineas if x.avance is not None]
    if not metas:
        return (
            f"{periodo}: ninguna línea tiene una meta con número que se pueda comparar; abajo va lo hecho en cada una."
        )
    dichas = "; ".join(
        f"{x.clave} ({(x.indicador or x.texto).lower()}) lleva {cuenta(x.hecho or 0)}"
        f"{' o más' if x.cuando_menos else ''} de {x.meta:,.10g}, {x.dicho}"
        for x in metas[:3]
    )
    return f"{mayuscula(periodo)}: {dichas}."


def _sin_acentos(texto: str) -> str:
    separado = unicodedata.normalize("NFD", texto.strip().casefold())
    return "".join(c for c in separado if not unicodedata.combining(c))
