"""¿Cambió lo que la gente reconoce como violencia? Las mismas personas, antes y después de la plática."""

from collections.abc import Sequence

from .encuestas import se_ve
from .graficas import Barra, Tramo, apiladas, barras
from .lectura import Lote, Opcion, Publica
from .numeros import Parte, Redondeo, en_periodo, mayuscula
from .pagina import Columna, Cuadro, Cuenta, Ir, Pagina, Pedido, Valor
from .participacion import elegir_lote

CLAVE = "cambio"
TITULO = "¿Cambió lo que la gente reconoce como violencia?"
RESUMEN = "Qué contestaron las mismas personas antes y después de la plática."
_SERIES = {"mejor": 0, "igual": 1, "peor": 2, "igual|peor": 3}


def armar(base: Publica, pedido: Pedido, ir: Ir) -> Pagina:
    lote = elegir_lote(base, pedido)
    totales = base.cambios(lote.clave)
    textos = {clave: texto_de(base, clave) for clave in totales}
    clave = pedido.elegir("pregunta", "Pregunta", {"": "Todas"} | textos)
    sexos = base.categorias.get("sexo", {})
    sexo = pedido.elegir("sexo", "Quiénes", {"": "Todas las personas"} | sexos)
    donde = ("sexo", sexo) if sexo else ("total", "todas")
    pedidas = {p: o for p, o in base.cambios(lote.clave, *donde).items() if clave in ("", p)}
    pagina = Pagina(publicado_el=lote.publicado_el, periodo=lote.etiqueta)
    redondeo = base.redondeo(lote.clave, "ejes_cambio")
    vistas = {textos[p]: (p, o) for p, o in pedidas.items() if se_ve(o)}
    pagina.ocultas = [textos[p] for p, o in pedidas.items() if not se_ve(o)]
    if vistas:
        pagina.cuadros.append(_de_las_mismas(lote, vistas, donde, redondeo, ir))
    aciertos = _aciertos(base, lote, donde, [p for p, _ in vistas.values()] or list(pedidas))
    if aciertos:
        pagina.cuadros.append(_antes_y_despues(lote, aciertos, donde, redondeo, ir))
    dicho = en_resumen([o for _, o in vistas.values()], redondeo)
    if dicho:
        mejor, peor = dicho
        pagina.respuesta = (
            f"{en_periodo(lote.etiqueta)}, de cada 100 respuestas que dieron las mismas personas antes y después,"
            f" {mejor.valor} mejoraron (±{mejor.error})"
            + (
                f" y {peor.valor} bajaron (±{peor.error}). Las demás quedaron igual"
                if peor
                else ". Las demás quedaron igual o bajaron"
            )
            + ": muchas ya contestaban bien desde antes."
        )
    else:
        pagina.respuesta = f"{en_periodo(lote.etiqueta)} no hay un cambio que se pueda mostrar con estos filtros."
    pagina.notas = [
        "Se comparan sólo las contestaciones que traían la misma ficha antes y después. La ficha es un papel al azar"
        " que se destruye al cerrar el evento: no dice quién es.",
        "«Mejoró» quiere decir que después contestó la correcta y antes no, o que se acercó a la opinión más"
        " igualitaria.",
        "Un cambio justo después de la plática no dice cuánto dura, ni que la plática sea la única causa.",
    ]
    pagina.registros = (
        ("Cambio de este periodo", ir("cambio_cubo", {"lote": lote.clave})),
        ("El mismo, con sus textos", ir("cambios_por_pregunta", {"lote": lote.etiqueta})),
    )
    return pagina


def texto_de(base: Publica, clave: str) -> str:
    for instrumento in ("antes", "despues"):
        if (instrumento, clave) in base.preguntas:
            return base.preguntas[instrumento, clave].texto
    return clave


def en_resumen(cambios: Sequence[Sequence[Opcion]], redondeo: Redondeo) -> tuple[Parte, Parte | None] | None:
    """De las preguntas que se ven, qué parte de sus respuestas mejoró y qué parte bajó (si en todas se ve aparte)."""
    mejores = [o.n for opciones in cambios for o in opciones if o.clave == "mejor" and o.n is not None]
    demas = [o.n for opciones in cambios for o in opciones if o.clave != "mejor" and o.n is not None]
    if not mejores or not demas:
        return None
    mejor = redondeo.parte(mejores, demas)
    peores = [o.n for opciones in cambios for o in opciones if o.clave == "peor" and o.n is not None]
    if len(peores) < len(mejores):
        return mejor, None
    iguales = [o.n for opciones in cambios for o in opciones if o.clave == "igual" and o.n is not None]
    return mejor, redondeo.parte(peores, mejores + iguales)


def _de_las_mismas(
    lote: Lote,
    vistas: dict[str, tuple[str, list[Opcion]]],
    donde: tuple[str, str],
    redondeo: Redondeo,
    ir: Ir,
) -> Cuadro:
    filas: list[tuple[Valor, ...]] = []
    tramos: list[tuple[str, list[Tramo]]] = []
    for texto, (clave, opciones) in vistas.items():
        cuentas = [o.n or 0 for o in opciones]
        suyos: list[Tramo] = []
        for n, o in enumerate(opciones):
            parte = redondeo.parte([cuentas[n]], cuentas[:n] + cuentas[n + 1 :])
            llave = {"lote": lote.clave, "eje": donde[0], "grupo": donde[1], "pregunta": clave, "cambio": o.clave}
            filas.append((texto, o.etiqueta, Cuenta(o.n, ir("cambio_cubo", llave)), parte))
            suyos.append(Tramo(o.etiqueta, 100 * cuentas[n] / sum(cuentas), str(parte), _SERIES.get(o.clave, 4)))
        tramos.append((texto, suyos))
    titulo = f"De las mismas personas, antes y después. {mayuscula(lote.etiqueta)}"
    return Cuadro(
        titulo,
        (
            Columna("pregunta", "Pregunta"),
            Columna("cambio", "Cambio"),
            Columna("contestaciones", "Cuántas", numero=True),
            Columna("de_cada_100", "De cada 100", numero=True),
        ),
        filas,
        apiladas("cambio", titulo, tramos),
    )


def _aciertos(
    base: Publica, lote: Lote, donde: tuple[str, str], claves: Sequence[str]
) -> dict[str, tuple[str, list[Opcion], list[Opcion]]]:
    """Por pregunta con respuesta correcta que se ve antes y después: clave, opciones de antes y de después."""
    todas = base.respuestas(lote.clave, *donde)
    salida = {}
    for clave in claves:
        antes, despues = todas.get(("antes", clave), []), todas.get(("despues", clave), [])
        if all(any(o.correcta and o.n is not None for o in opciones) for opciones in (antes, despues)):
            salida[texto_de(base, clave)] = (clave, antes, despues)
    return salida


def acierto(opciones: Sequence[Opcion], redondeo: Redondeo) -> Parte | None:
    """Qué parte contestó la correcta; ``None`` si no se ve."""
    bien = [o.n for o in opciones if o.correcta and o.n is not None]
    mal = [o.n for o in opciones if not o.correcta and o.n is not None]
    return redondeo.parte(bien, mal) if bien and mal else None


def _antes_y_despues(
    lote: Lote,
    aciertos: dict[str, tuple[str, list[Opcion], list[Opcion]]],
    donde: tuple[str, str],
    redondeo: Redondeo,
    ir: Ir,
) -> Cuadro:
    filas: list[tuple[Valor, ...]] = []
    grupos: list[tuple[str, list[Barra]]] = []
    for texto, (clave, *dos) in aciertos.items():
        suyas = []
        for serie, (cuando, instrumento, opciones) in enumerate(
            zip(("Antes", "Después"), ("antes", "despues"), dos, strict=True)
        ):
            parte = acierto(opciones, redondeo)
            correcta = next(o for o in opciones if o.correcta)
            llave = {"lote": lote.clave, "eje": donde[0], "grupo": donde[1], "instrumento": instrumento}
            enlace = ir("respuesta_cubo", llave | {"pregunta": clave, "respuesta": correcta.clave})
            filas.append((texto, cuando, Cuenta(correcta.n, enlace), parte))
            suyas.append(Barra(cuando, parte.valor if parte else None, str(parte or ""), 1 - serie))
        grupos.append((texto, suyas))
    titulo = "Contestaron la correcta, antes y después"
    return Cuadro(
        titulo,
        (
            Columna("pregunta", "Pregunta"),
            Columna("cuando", "Cuándo"),
            Columna("contestaron_bien", "Contestaron bien", numero=True),
            Columna("de_cada_100", "De cada 100", numero=True),
        ),
        filas,
        barras("aciertos", titulo, grupos, tope=100),
        ["Aquí entran todas las contestaciones de cada momento, no sólo las de quienes contestaron los dos."],
    )
