"""¿Cómo ha cambiado de un trimestre a otro? Una columna por periodo publicado, de lo más viejo a lo más nuevo."""

from collections.abc import Sequence

from .encuestas import porcentajes
from .fechas import corta
from .graficas import Barra, columnas
from .lectura import DIMENSIONES, Lote, Publica
from .numeros import Parte, PorMes, cuenta, mayuscula
from .pagina import Columna, Cuadro, Cuenta, Ir, Pagina, Pedido, Valor
from .participacion import NO_SON_PERSONAS

CLAVE = "tendencia"
TITULO = "¿Cómo ha cambiado de un trimestre a otro?"
RESUMEN = "Asistencias, eventos y respuestas, periodo por periodo."
CUANTAS = 12
"""Columnas que caben en 320 px; la tabla las trae todas."""


def armar(base: Publica, pedido: Pedido, ir: Ir) -> Pagina:
    opciones = {"asistencias": "Asistencias", "eventos": "Eventos"}
    opciones |= {
        f"{p.instrumento}.{p.clave}": f"{p.encuesta}: {p.texto}" for p in base.preguntas.values() if not p.varias
    }
    que = pedido.elegir("pregunta", "Qué ver", opciones, "asistencias")
    solo = {
        d: pedido.elegir(d, titulo, {"": "Cualquiera"} | base.categorias.get(d, {}))
        for d, titulo in DIMENSIONES.items()
    }
    filtros = {d: c for d, c in solo.items() if c}
    lotes = list(reversed(base.lotes))
    pagina = Pagina(publicado_el=base.lotes[0].publicado_el)
    pagina.periodo = f"{lotes[0].etiqueta} — {lotes[-1].etiqueta}" if len(lotes) > 1 else lotes[0].etiqueta
    if que in ("asistencias", "eventos"):
        cuadro = (
            asistencias(base, lotes, filtros, ir, pedido)
            if que == "asistencias"
            else eventos(base, lotes, filtros, ir, pedido)
        )
    else:
        cuadro = _respuestas(base, lotes, que, filtros, ir, pedido)
    pagina.cuadros = [cuadro]
    pagina.respuesta = _dicho(cuadro, lotes)
    pagina.ocultas = [str(f[0]) for f in cuadro.filas if isinstance(f[-2], Cuenta) and f[-2].n is None]
    pagina.notas = [NO_SON_PERSONAS] if que == "asistencias" else []
    pagina.notas.append("Cada periodo se publica una vez: lo que llegó tarde entra en el siguiente.")
    pagina.registros = (("Periodos publicados", ir("lote", {})),)
    return pagina


def asistencias(base: Publica, lotes: Sequence[Lote], filtros: dict[str, str], ir: Ir, pedido: Pedido) -> Cuadro:
    """De cada periodo, sus asistencias y cuántas fueron por mes (los periodos no duran lo mismo)."""
    eje = next((e for e in base.ejes if set(e.split("+")) - {"total"} == set(filtros)), None)
    if eje is None:
        primera = next(iter(filtros))
        pedido.avisos.append(
            "Esos filtros juntos no se publican: dejarían grupos muy chicos."
            f" Se hizo caso sólo a {DIMENSIONES[primera].lower()}."
        )
        filtros, eje = {primera: filtros[primera]}, primera
    dichos = {d: base.categorias[d][c] for d, c in filtros.items()}
    filas: list[tuple[Valor, ...]] = []
    for lote in lotes:
        celda = next(
            (c for c in base.asistencias(lote.clave, eje) if all(c.donde.get(d) == v for d, v in dichos.items())), None
        )
        enlace = ir("asistencia_cubo", {"lote": lote.clave, "eje": eje} | ({"grupo": celda.grupo} if celda else {}))
        filas.append(_fila(lote, celda.n if celda else None, enlace))
    titulo = "Asistencias por periodo" + (f" ({', '.join(dichos.values())})" if dichos else "")
    return _cuadro("asistencias-t", titulo, "asistencias", "Asistencias", lotes, filas)


def eventos(base: Publica, lotes: Sequence[Lote], filtros: dict[str, str], ir: Ir, pedido: Pedido) -> Cuadro:
    sobran = [DIMENSIONES[d].lower() for d in filtros if d not in ("zona", "programa")]
    if sobran:
        pedido.avisos.append(f"Los eventos no se separan por {' ni por '.join(sobran)}.")
    donde = {d: c for d, c in filtros.items() if d in ("zona", "programa")}
    filas = [
        _fila(
            lote,
            sum(f["eventos"] for f in base.eventos(lote.clave, **donde)),
            ir("evento_resumen", {"lote": lote.clave} | donde),
        )
        for lote in lotes
    ]
    dichos = [base.categorias[d][c] for d, c in donde.items()]
    titulo = "Eventos por periodo" + (f" ({', '.join(dichos)})" if dichos else "")
    return _cuadro("eventos-t", titulo, "eventos", "Eventos", lotes, filas)


def _fila(lote: Lote, n: int | None, enlace: str) -> tuple[Valor, ...]:
    return (mayuscula(lote.etiqueta), lote.meses, Cuenta(n, enlace), None if n is None else PorMes(n / lote.meses))


def _cuadro(
    nombre: str, titulo: str, clave: str, que: str, lotes: Sequence[Lote], filas: list[tuple[Valor, ...]]
) -> Cuadro:
    distintos = len({lote.meses for lote in lotes}) > 1
    suyas = []
    for lote, fila, etiqueta in zip(lotes, filas, _cortas(lotes), strict=True):
        n = fila[2].n if isinstance(fila[2], Cuenta) else None
        medida = None if n is None else n / lote.meses if distintos else float(n)
        texto = "" if medida is None else cuenta(round(medida))
        suyas.append(Barra(etiqueta, medida, texto))
    notas = _notas(lotes)
    if distintos:
        notas.insert(0, "Como los periodos no duran lo mismo, la gráfica da el promedio por mes.")
        titulo += ", promedio por mes"
    return Cuadro(
        titulo,
        (
            Columna("periodo", "Periodo"),
            Columna("meses", "Meses", numero=True),
            Columna(clave, que, numero=True),
            Columna("por_mes", "Por mes", numero=True),
        ),
        filas,
        columnas(nombre, titulo, suyas[-CUANTAS:]),
        notas,
    )


def _respuestas(
    base: Publica, lotes: Sequence[Lote], que: str, filtros: dict[str, str], ir: Ir, pedido: Pedido
) -> Cuadro:
    instrumento, _, clave = que.partition(".")
    pregunta = base.preguntas[instrumento, clave]
    if set(filtros) - {"sexo"}:
        pedido.avisos.append("Las respuestas sólo se separan por sexo; los demás filtros no se usaron.")
    sexo = filtros.get("sexo")
    eje, grupo = ("sexo", sexo) if sexo else ("total", "todas")
    por_lote = [base.respuestas(lote.clave, eje, grupo).get((instrumento, clave), []) for lote in lotes]
    # La correcta, o la primera opción suelta: la misma en todos los periodos.
    sueltas = [o for opciones in por_lote for o in opciones if "|" not in o.clave]
    cual = next((o for o in sueltas if o.correcta), sueltas[0] if sueltas else None)
    filas: list[tuple[Valor, ...]] = []
    suyas: list[Barra] = []
    for lote, opciones, etiqueta in zip(lotes, por_lote, _cortas(lotes), strict=True):
        redondeo = base.redondeo(lote.clave)
        parte = porcentajes(opciones, pregunta.varias, redondeo).get(cual.clave) if cual else None
        n = next((o.n for o in opciones if cual and o.clave == cual.clave), None)
        donde = {"lote": lote.clave, "eje": eje, "grupo": grupo, "instrumento": instrumento, "pregunta": clave}
        filas.append((mayuscula(lote.etiqueta), lote.meses, Cuenta(n, ir("respuesta_cubo", donde)), parte))
        suyas.append(Barra(etiqueta, parte.valor if isinstance(parte, Parte) else None, str(parte or "")))
    cual_dicha = f"«{cual.etiqueta}»{' (correcta)' if cual.correcta else ''}" if cual else "sin respuestas"
    titulo = f"{pregunta.texto}: {cual_dicha}, de cada 100"
    return Cuadro(
        titulo,
        (
            Columna("periodo", "Periodo"),
            Columna("meses", "Meses", numero=True),
            Columna("contestaciones", "Cuántas", numero=True),
            Columna("de_cada_100", "De cada 100", numero=True),
        ),
        filas,
        columnas("respuestas-t", titulo, suyas[-CUANTAS:], tope=100),
        [*_notas(lotes), "Un periodo con «?» no se muestra, o esa opción se publicó junta con otra."],
    )


def _notas(lotes: Sequence[Lote]) -> list[str]:
    return [f"La gráfica trae los últimos {CUANTAS} periodos; la tabla, todos."] if len(lotes) > CUANTAS else []


def _cortas(lotes: Sequence[Lote]) -> list[str]:
    """«oct|–dic|2025»: el año sólo donde cambia."""
    salida = []
    visto = ""
    for n, lote in enumerate(lotes):
        primera = n == 0 or n == len(lotes) - CUANTAS
        salida.append(corta(lote.desde, lote.hasta, con_ejercicio=primera or lote.hasta[:4] != visto))
        visto = lote.hasta[:4]
    return salida


def _dicho(cuadro: Cuadro, lotes: Sequence[Lote]) -> str:
    vistas = [f for f in cuadro.filas if f[3] is not None]
    if not vistas:
        return "Con estos filtros ningún periodo se puede mostrar."
    primera, ultima = vistas[0], vistas[-1]
    medida = f" {cuadro.columnas[2].titulo.lower()} por mes" if isinstance(ultima[3], PorMes) else ""
    if len(vistas) == 1:
        return f"Sólo un periodo se puede mostrar: {_minuscula(ultima[0])}, {_suelta(ultima[3])}{medida}."
    return (
        f"De {_suelta(primera[3])}{medida} ({_minuscula(primera[0])}) a {_suelta(ultima[3])}"
        f" ({_minuscula(ultima[0])}). Son {len(lotes)} periodos."
    )


def _minuscula(periodo: Valor) -> str:
    return str(periodo)[:1].lower() + str(periodo)[1:]


def _suelta(valor: Valor) -> str:
    return cuenta(round(valor.valor)) if isinstance(valor, PorMes) else f"{valor}"
