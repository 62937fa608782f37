"""¿Qué contestó la gente en las encuestas? Una gráfica por pregunta, con su base y su porcentaje."""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode

from .graficas import Barra, barras
from .lectura import Lote, Opcion, Pregunta, Publica
from .numeros import Parte, Redondeo, cuenta, en_periodo, mayuscula
from .pagina import Columna, Cuadro, Cuenta, Ir, Pagina, Pedido, Valor
from .participacion import elegir_lote

CLAVE = "encuestas"
TITULO = "¿Qué contestó la gente en las encuestas?"
RESUMEN = "Cada pregunta de las encuestas anónimas, con lo que se contestó."
_COLUMNAS = (
    Columna("pregunta", "Pregunta"),
    Columna("quienes", "Quiénes"),
    Columna("respuesta", "Respuesta"),
    Columna("contestaciones", "Cuántas", numero=True),
    Columna("de_cada_100", "De cada 100", numero=True),
)


def armar(base: Publica, pedido: Pedido, ir: Ir) -> Pagina:
    lote = elegir_lote(base, pedido)
    totales = base.respuestas(lote.clave)
    preguntas = [base.preguntas[llave] for llave in totales]
    encuestas = {p.instrumento: p.encuesta for p in preguntas}
    con_numeros = [llave[0] for llave, opciones in totales.items() if se_ve(opciones)]
    encuesta = pedido.elegir(
        "encuesta", "Encuesta", encuestas or {"": "Ninguna"}, next(iter([*con_numeros, *encuestas, ""]))
    )
    suyas = [p for p in preguntas if p.instrumento == encuesta]
    clave = pedido.elegir("pregunta", "Pregunta", {"": "Todas"} | {p.clave: p.texto for p in suyas})
    sexos = base.categorias.get("sexo", {})
    opciones = (
        {"": "Todas las personas"} | sexos | ({"comparar": "Comparar mujeres y hombres"} if len(sexos) > 1 else {})
    )
    sexo = pedido.elegir("sexo", "Quiénes", opciones)
    grupos = {"": [("", "Todas las personas")], "comparar": list(sexos.items())}.get(sexo) or [(sexo, sexos[sexo])]
    dichas = [(nombre, g, base.respuestas(lote.clave, "sexo", g) if g else totales) for g, nombre in grupos]
    pagina = Pagina(publicado_el=lote.publicado_el, periodo=lote.etiqueta)
    redondeo = base.redondeo(lote.clave)
    for p in (p for p in suyas if clave in ("", p.clave)):
        de_esta = [(nombre, g, todas.get((p.instrumento, p.clave), [])) for nombre, g, todas in dichas]
        if any(se_ve(opciones) for _, _, opciones in de_esta):
            cuadro = _cuadro(p, lote, de_esta, redondeo, ir)
            pagina.cuadros.append(replace(cuadro, mas=_por_donde_seguir(p, clave, pedido)))
        else:
            pagina.ocultas.append(p.texto)
    pagina.respuesta = _respuesta(lote, encuestas.get(encuesta, ""), pagina)
    pagina.notas = [
        "Se muestra un grupo con 30 contestaciones o más, si ninguna opción tiene menos de 10 ni más de nueve de cada"
        " diez. Si hace falta, dos opciones se muestran juntas.",
        "Quien se saltó la pregunta o prefirió no decir no entra en la cuenta.",
    ]
    pagina.registros = (
        ("Respuestas de este periodo", ir("respuesta_cubo", {"lote": lote.clave, "instrumento": encuesta})),
        ("Las mismas, con sus textos", ir("respuestas_por_pregunta", {"lote": lote.etiqueta})),
    )
    return pagina


def _por_donde_seguir(p: Pregunta, elegida: str, pedido: Pedido) -> tuple[tuple[str, str, str], ...]:
    sola = (("Ver sólo ésta", CLAVE, pedido.consulta(pregunta=p.clave)),) if not elegida else ()
    que = urlencode({"pregunta": f"{p.instrumento}.{p.clave}"})
    return sola if p.varias else (*sola, ("Cómo ha cambiado", "tendencia", que))


def se_ve(opciones: Sequence[Opcion]) -> bool:
    return any(o.n is not None for o in opciones)


def porcentajes(opciones: Sequence[Opcion], varias: bool, redondeo: Redondeo) -> dict[str, Parte]:
    """Por opción, su parte del total; vacío si se podían marcar varias (no se publica entre cuántas personas)."""
    vistas = {o.clave: o.n for o in opciones if o.n is not None}
    if varias or len(vistas) < 2:
        return {}
    return {
        clave: redondeo.parte([n], [m for otra, m in vistas.items() if otra != clave]) for clave, n in vistas.items()
    }


def _cuadro(p: Pregunta, lote: Lote, dichas: list[tuple[str, str, list[Opcion]]], redondeo: Redondeo, ir: Ir) -> Cuadro:
    filas: list[tuple[Valor, ...]] = []
    grupos: list[tuple[str, list[Barra]]] = []
    notas: list[str] = []
    for n, (nombre, grupo, opciones) in enumerate(dichas):
        partes = porcentajes(opciones, p.varias, redondeo)
        suyas: list[Barra] = []
        for o in opciones:
            donde = {"lote": lote.clave, "eje": "sexo" if grupo else "total", "grupo": grupo or "todas"}
            enlace = ir(
                "respuesta_cubo",
                donde | {"instrumento": p.instrumento, "pregunta": p.clave, "respuesta": o.clave},
            )
            etiqueta = f"{o.etiqueta} (correcta)" if o.correcta else o.etiqueta
            parte = partes.get(o.clave)
            filas.append((p.texto, nombre, etiqueta, Cuenta(o.n, enlace), parte))
            texto = "" if o.n is None else str(parte) if parte else cuenta(o.n)
            medida = o.n if o.n is None or parte is None else parte.valor
            suyas.append(Barra(etiqueta, medida, texto, 0 if len(dichas) == 1 else n))
        grupos.append((nombre if len(dichas) > 1 else "", suyas))
        if partes:
            base = sum(o.n or 0 for o in opciones)
            quienes = f"{nombre}: contestaron" if len(dichas) > 1 else "Contestaron"
            notas.append(f"{quienes} unas {cuenta(base)}.")
        elif se_ve(opciones):
            notas.append("Se podían marcar varias: se dice cuántas veces se marcó cada una, no de cada 100.")
    tope = 100.0 if any(b.texto.endswith("%") or "±" in b.texto for _, g in grupos for b in g) else None
    nombre_svg = f"p-{p.instrumento}-{p.clave}".replace(".", "-")
    return Cuadro(p.texto, _COLUMNAS, filas, barras(nombre_svg, p.texto, grupos, tope=tope), list(dict.fromkeys(notas)))


def _cuantas(fila: Sequence[Valor]) -> int:
    return next((celda.n or 0 for celda in fila if isinstance(celda, Cuenta)), 0)


def _respuesta(lote: Lote, encuesta: str, pagina: Pagina) -> str:
    vistas, ocultas = len(pagina.cuadros), len(pagina.ocultas)
    if not vistas:
        return (
            f"{en_periodo(lote.etiqueta)}, de «{encuesta}» no hay respuestas que se puedan mostrar con estos filtros."
        )
    if vistas == 1:
        mejor = max(pagina.cuadros[0].filas, key=_cuantas)
        cuanto = f"{mejor[4]}" if mejor[4] else f"unas {cuenta(_cuantas(mejor))}"
        return f"{en_periodo(lote.etiqueta)}, lo que más se contestó fue «{mejor[2]}» ({cuanto})."
    return f"«{encuesta}». {mayuscula(lote.etiqueta)}: se pueden mostrar {vistas} de {vistas + ocultas} preguntas."
