"""¿En qué se parecen y en qué no los programas? Asistencias, eventos, tamaño y quiénes van a cada uno."""

from typing import Any, NamedTuple

from .graficas import Barra, barras
from .lectura import Lote, Publica
from .numeros import Parte, PorMes, Redondeo, cuenta, en_periodo, enumerar, mayuscula, plural
from .pagina import Columna, Cuadro, Cuenta, Exacta, Ir, Pagina, Pedido, Valor
from .participacion import NO_SON_PERSONAS, elegir_lote

CLAVE = "programas"
TITULO = "¿En qué se parecen y en qué no los programas?"
RESUMEN = "Cuántos eventos hace cada programa, cuánta gente junta y quiénes van."


class Programa(NamedTuple):
    clave: str
    etiqueta: str
    eventos: Exacta
    asistencias: Cuenta
    mujeres: Cuenta
    hombres: Cuenta
    parte_mujeres: Parte | None

    @property
    def por_evento(self) -> PorMes | None:
        if self.asistencias.n is None or not self.eventos.n or self.asistencias.cuando_menos:
            return None
        return PorMes(self.asistencias.n / self.eventos.n)


def armar(base: Publica, pedido: Pedido, ir: Ir) -> Pagina:
    lote = elegir_lote(base, pedido)
    zonas = base.categorias.get("zona", {})
    zona = pedido.elegir("zona", "Zona de los eventos", {"": "Todas"} | zonas)
    redondeo = base.redondeo(lote.clave, "ejes_asistencia")
    programas = [
        _programa(base, lote, clave, etiqueta, zona, redondeo, ir)
        for clave, etiqueta in base.categorias.get("programa", {}).items()
    ]
    pagina = Pagina(publicado_el=lote.publicado_el, periodo=lote.etiqueta, notas=[NO_SON_PERSONAS])
    pagina.cuadros = [_tamano(lote, programas, zonas.get(zona, ""))]
    if not zona:
        pagina.cuadros.append(_quienes(lote, programas))
    pagina.ocultas = [f"{p.etiqueta}: asistencias" for p in programas if p.asistencias.n is None]
    pagina.respuesta = _respuesta(lote, programas, zonas.get(zona, ""))
    if zona:
        pagina.notas.append("Mujeres y hombres por programa no se publican además por zona: serían grupos muy chicos.")
    pagina.registros = (
        ("Asistencias por programa y sexo", ir("asistencia_cubo", {"lote": lote.clave, "eje": "programa+sexo"})),
        ("Eventos por mes, programa y zona", ir("evento_resumen", {"lote": lote.clave})),
    )
    return pagina


def _programa(base: Publica, lote: Lote, clave: str, etiqueta: str, zona: str, redondeo: Redondeo, ir: Ir) -> Programa:
    filas = base.eventos(lote.clave, programa=clave, zona=zona)
    sus_eventos = ir("evento_resumen", {"lote": lote.clave, "programa": clave} | ({"zona": zona} if zona else {}))
    eventos = Exacta(sum(f["eventos"] for f in filas), sus_eventos)
    if zona:
        asistencias = _suma(filas, sus_eventos)
    else:
        n = next((c.n for c in base.asistencias(lote.clave, "programa") if c.donde.get("programa") == etiqueta), None)
        asistencias = Cuenta(n, ir("asistencia_cubo", {"lote": lote.clave, "eje": "programa", "grupo": clave}))
    por_sexo = {
        c.donde.get("sexo"): Cuenta(
            c.n, ir("asistencia_cubo", {"lote": lote.clave, "eje": "programa+sexo", "grupo": c.grupo})
        )
        for c in base.asistencias(lote.clave, "programa+sexo")
        if c.donde.get("programa") == etiqueta
    }
    nombres = base.categorias.get("sexo", {})
    nada = Cuenta(None, ir("asistencia_cubo", {"lote": lote.clave, "eje": "programa+sexo"}))
    mujeres, hombres = (por_sexo.get(nombres.get(s), nada) for s in ("M", "H"))
    parte = redondeo.parte([mujeres.n], [hombres.n]) if mujeres.n is not None and hombres.n is not None else None
    return Programa(clave, etiqueta, eventos, asistencias, mujeres, hombres, parte)


def _suma(filas: list[Any], enlace: str) -> Cuenta:
    """Lo que se muestra de sus meses; «o más» si algún mes con eventos no se muestra."""
    vistas = [f["n"] for f in filas if f["n"] is not None]
    faltan = any(f["n"] is None and f["eventos"] for f in filas)
    return Cuenta(sum(vistas) if vistas else None, enlace, cuando_menos=faltan)


def _tamano(lote: Lote, programas: list[Programa], zona: str) -> Cuadro:
    titulo = f"Asistencias por programa, {lote.etiqueta}" + (f" ({zona})" if zona else "")
    filas: list[tuple[Valor, ...]] = [(p.etiqueta, p.eventos, p.asistencias, p.por_evento) for p in programas]
    grafica = barras("tamano", titulo, [("", [
        Barra(
            p.etiqueta,
            p.asistencias.n,
            dicha(p.asistencias),
        )
        for p in programas
    ])])  # fmt: skip
    return Cuadro(
        titulo,
        (
            Columna("programa", "Programa"),
            Columna("eventos", "Eventos", numero=True),
            Columna("asistencias", "Asistencias", numero=True),
            Columna("por_evento", "Por evento", numero=True),
        ),
        filas,
        grafica,
        ["«Por evento» es un promedio con las asistencias redondeadas."],
    )


def dicha(c: Cuenta) -> str:
    return "" if c.n is None else cuenta(c.n) + (" o más" if c.cuando_menos else "")


def _quienes(lote: Lote, programas: list[Programa]) -> Cuadro:
    titulo = f"Mujeres y hombres en cada programa, {lote.etiqueta}"
    filas: list[tuple[Valor, ...]] = [(p.etiqueta, p.mujeres, p.hombres, p.parte_mujeres) for p in programas]
    grupos = []
    for p in programas:
        dos = (("Mujeres", p.mujeres, 0), ("Hombres", p.hombres, 1))
        grupos.append((p.etiqueta, [Barra(e, c.n, "" if c.n is None else cuenta(c.n), s) for e, c, s in dos]))
    return Cuadro(
        titulo,
        (
            Columna("programa", "Programa"),
            Columna("mujeres", "Mujeres", numero=True),
            Columna("hombres", "Hombres", numero=True),
            Columna("mujeres_de_cada_100", "Mujeres, de cada 100", numero=True),
        ),
        filas,
        barras("quienes", titulo, grupos),
        ["De cada 100 asistencias en que se dijo mujer u hombre."],
    )


def _respuesta(lote: Lote, programas: list[Programa], zona: str) -> str:
    vistos = sorted((p for p in programas if p.asistencias.n is not None), key=lambda p: -(p.asistencias.n or 0))
    if not vistos:
        return f"{en_periodo(lote.etiqueta)} ningún programa tiene asistencias que se puedan mostrar."
    mayor = vistos[0]
    frases = [
        f"{mayuscula(lote.etiqueta)}{f', {zona}' if zona else ''}: {mayor.etiqueta} juntó más asistencias"
        f" (unas {cuenta(mayor.asistencias.n or 0)} en {plural(mayor.eventos.n, 'evento', 'eventos')})."
    ]
    con_hombres = [p for p in programas if p.parte_mujeres]
    if con_hombres and not zona:
        menos = min(con_hombres, key=lambda p: p.parte_mujeres.valor if p.parte_mujeres else 100)
        parte = menos.parte_mujeres
        frases.append(f"Donde más hombres van es en {menos.etiqueta}: las mujeres son {parte}.")
    grandes = sorted((p for p in programas if p.por_evento), key=lambda p: -(p.por_evento.valor if p.por_evento else 0))
    if len(grandes) > 1:
        dichos = [f"{p.etiqueta} ({round(p.por_evento.valor)})" for p in grandes if p.por_evento]
        frases.append(f"Por evento van, en promedio: {enumerar(dichos)}.")
    return " ".join(frases)
