"""¿Cuántas personas participaron, por edad y zona? Se cuentan asistencias, y así se dice."""

from markupsafe import Markup

from .graficas import Barra, barras
from .lectura import DIMENSIONES, Celda, Lote, Publica
from .numeros import cuenta, mayuscula, plural
from .pagina import Columna, Cuadro, Cuenta, Ir, Pagina, Pedido

CLAVE = "participacion"
TITULO = "¿Cuántas personas participaron, por edad y zona?"
RESUMEN = "Asistencias a pláticas, talleres y campañas: por edad, zona, sexo y programa."
NO_SON_PERSONAS = (
    "Se cuentan asistencias: quien vino a tres pláticas cuenta tres veces. Sin pedir nombres no se puede saber cuántas"
    " personas distintas son."
)


def armar(base: Publica, pedido: Pedido, ir: Ir) -> Pagina:
    lote = elegir_lote(base, pedido)
    separar = {eje: nombre for eje, nombre in base.ejes.items() if eje != "total"}
    por = pedido.elegir("por", "Separar", separar, "edad+zona" if "edad+zona" in separar else next(iter(separar)))
    solo = {
        d: pedido.elegir(d, titulo, {"": "Cualquiera"} | base.categorias.get(d, {}))
        for d, titulo in DIMENSIONES.items()
    }
    filtros = {d: base.categorias[d][clave] for d, clave in solo.items() if clave}
    eje = _eje(por, filtros, base.ejes)
    if eje is None:
        pedido.avisos.append(
            "Tantos filtros juntos no se publican: dejarían grupos muy chicos. Se hizo caso sólo al primero."
        )
        filtros = dict(list(filtros.items())[:1])
        eje = _eje(por, filtros, base.ejes) or por
    elif eje != por:
        pedido.avisos.append(f"Con ese filtro se publica así: {base.ejes[eje].lower()}.")
    celdas = [c for c in base.asistencias(lote.clave, eje) if all(c.donde.get(d) == v for d, v in filtros.items())]
    pagina = Pagina(publicado_el=lote.publicado_el, periodo=lote.etiqueta, notas=[NO_SON_PERSONAS])
    pagina.cuadros = [_cuadro(base, lote, eje, filtros, celdas, ir)]
    pagina.ocultas = [c.etiqueta for c in celdas if c.n is None]
    pagina.respuesta = _respuesta(base, lote, filtros, celdas)
    pagina.registros = (
        ("Asistencias de este periodo", ir("asistencia_cubo", {"lote": lote.clave, "eje": eje})),
        ("Eventos por mes, programa y zona", ir("evento_resumen", {"lote": lote.clave})),
    )
    pagina.vecinas = [(nombre, pedido.consulta(por=e)) for e, nombre in separar.items() if e != eje and not filtros]
    return pagina


def elegir_lote(base: Publica, pedido: Pedido) -> Lote:
    lotes = {lote.clave: lote for lote in base.lotes}
    clave = pedido.elegir(
        "periodo", "Periodo", {c: mayuscula(x.etiqueta) for c, x in lotes.items()}, base.lotes[0].clave
    )
    return lotes[clave]


def _eje(por: str, filtros: dict[str, str], ejes: dict[str, str]) -> str | None:
    """El eje que conoce los filtros y más conserva de cómo se pidió separar; ``None`` si ninguno."""
    pedidas = set(por.split("+"))
    candidatos = [e for e in ejes if e != "total" and set(filtros) <= set(e.split("+"))]
    if not filtros:
        return por
    # Lo filtrado ya no separa: importa conservar las otras dimensiones pedidas, y no agregar.
    return max(
        candidatos,
        key=lambda e: (len((pedidas - set(filtros)) & set(e.split("+"))), len(set(e.split("+"))), -list(ejes).index(e)),
        default=None,
    )


def _cuadro(base: Publica, lote: Lote, eje: str, filtros: dict[str, str], celdas: list[Celda], ir: Ir) -> Cuadro:
    dimensiones = eje.split("+")
    redondeo, total = base.redondeo(lote.clave, "ejes_asistencia"), base.total(lote.clave)
    filas = [
        (
            *(c.donde[d] for d in dimensiones),
            Cuenta(c.n, ir("asistencia_cubo", {"lote": lote.clave, "eje": eje, "grupo": c.grupo})),
            redondeo.de_un_total(c.n, total) if c.n is not None and total else None,
        )
        for c in celdas
    ]
    titulo = f"Asistencias {base.ejes[eje].lower()}, {lote.etiqueta}"
    if filtros:
        titulo += f" ({', '.join(filtros.values())})"
    return Cuadro(
        titulo,
        (
            *(Columna(d, DIMENSIONES[d]) for d in dimensiones),
            Columna("asistencias", "Asistencias", numero=True),
            Columna("de_cada_100", "De todas", numero=True),
        ),
        filas,
        _grafica(titulo, dimensiones, filtros, celdas),
    )


def _grafica(titulo: str, dimensiones: list[str], filtros: dict[str, str], celdas: list[Celda]) -> Markup:
    libres = [d for d in dimensiones if d not in filtros] or dimensiones
    if len(libres) == 1:
        suyas = [Barra(c.donde[libres[0]], c.n, "" if c.n is None else cuenta(c.n)) for c in celdas]
        return barras("asistencias", titulo, [("", suyas)])
    primera, segunda = libres
    series = list(dict.fromkeys(c.donde[segunda] for c in celdas))
    grupos: dict[str, list[Barra]] = {}
    for c in celdas:
        serie = series.index(c.donde[segunda]) if len(series) <= 5 else 0
        barra = Barra(c.donde[segunda], c.n, "" if c.n is None else cuenta(c.n), serie)
        grupos.setdefault(c.donde[primera], []).append(barra)
    return barras("asistencias", titulo, list(grupos.items()))


def _respuesta(base: Publica, lote: Lote, filtros: dict[str, str], celdas: list[Celda]) -> str:
    total = base.total(lote.clave)
    eventos = sum(f["eventos"] for f in base.eventos(lote.clave))
    de_que = f" en {plural(eventos, 'evento', 'eventos')}" if eventos else ""
    frases = []
    if total is not None:
        frases.append(f"{mayuscula(lote.etiqueta)}: unas {cuenta(total)} asistencias{de_que}.")
    mayor = max((c for c in celdas if c.n is not None), key=lambda c: c.n or 0, default=None)
    if mayor is not None and len(celdas) > 1:
        frases.append(f"El grupo con más: {mayor.etiqueta} (unas {cuenta(mayor.n or 0)}).")
    elif mayor is not None:
        frases.append(f"{mayor.etiqueta}: unas {cuenta(mayor.n or 0)}.")
    return " ".join(frases) or "En este periodo no hay un número que se pueda mostrar."
