"""Instrumentos al azar que cumplen las reglas del modelo, y respuestas al azar que un instrumento acepta."""

from datetime import UTC, datetime
from random import Random
from typing import Any

from hypothesis import strategies as st

from formularios.contestar import Validacion, nombre_campo, validar, vueltas
from formularios.expresiones import Arbol, ErrorExpresion
from formularios.formulas import de_pregunta, entender
from formularios.instrumento import Instrumento, Pregunta
from formularios.invariantes import normal
from formularios.recorrido import Recorrido

AHORA = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
_LETRAS = "abcxyzABC áéñÑ¿?¡!.,:;=+-@#$%&/()[]{}<>|\"'“”’…0129\n😀العربية"
textos = st.text(_LETRAS, min_size=1, max_size=30).map(normal).filter(lambda t: bool(t) and "${" not in t)
_claves = st.text("abcdefgABCDEFG_0123456789.-ñ", min_size=1, max_size=6).map(lambda resto: f"q{resto}")
_IDIOMAS = ("English (en)", "Náhuatl", "Tének (hus)")
_CON_RESPUESTA = ("una", "varias", "entero", "decimal", "fecha", "hora", "rango", "texto", "acepto")


@st.composite
def instrumentos(draw: Any) -> Instrumento:
    """Un ``Instrumento`` con grupos, repeticiones, idiomas, listas de archivo, expresiones y lo nuestro."""
    idiomas = draw(st.lists(st.sampled_from(_IDIOMAS), max_size=2, unique=True))
    claves = draw(st.lists(_claves, min_size=2, max_size=14, unique=True))
    archivos = {"lugares.csv": draw(_opciones(None))} if draw(st.booleans()) else {}
    grupos: list[dict[str, Any]] = []
    abiertos: list[dict[str, Any]] = []
    preguntas: list[dict[str, Any]] = []
    cuantas = max(1, len(claves) - 3)
    sueltas = claves[cuantas:]
    for clave in claves[:cuantas]:
        if abiertos and draw(st.booleans()):
            abiertos.pop()
        if sueltas and len(abiertos) < 2 and draw(st.booleans()):
            grupo = draw(_grupo(sueltas.pop(), abiertos[-1]["clave"] if abiertos else None, idiomas, preguntas))
            grupos.append(grupo)
            abiertos.append(grupo)
        preguntas.append(draw(_pregunta(clave, abiertos, idiomas, preguntas, archivos)))
    usados = {p.get("archivo") for p in preguntas}
    general = {"titulo": textos, "intro": textos, "cierre": textos}
    return Instrumento.de_dict(
        {
            "clave": draw(st.sampled_from(["a", "encuesta_1", "z9"])),
            "version": draw(st.integers(1, 2**40)),
            "minutos": draw(st.sampled_from([1, 1.5, 3, 12])),
            **{campo: draw(estrategia) for campo, estrategia in general.items()},
            "lleva_ficha": draw(st.booleans()),
            "edad_minima": draw(st.sampled_from([None, 12, 18])),
            "preguntas": preguntas,
            "grupos": grupos,
            "listas": [{"archivo": a, "opciones": o} for a, o in archivos.items() if a in usados],
            "idioma": "Español (es)" if idiomas else draw(st.sampled_from([None, "Español (es)"])),
            "idiomas": idiomas,
            "traducciones": _limpio({i: draw(_algunos(list(general))) for i in idiomas}),
        }
    )


def _limpio(d: dict[str, Any]) -> dict[str, Any]:
    return {clave: valor for clave, valor in d.items() if valor}


def _algunos(campos: list[str]) -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries({}, optional={campo: textos for campo in campos})


@st.composite
def _opciones(draw: Any, idiomas: list[str] | None) -> list[dict[str, Any]]:
    claves = draw(st.lists(st.text("abcABC019_+-.ñ/", min_size=1, max_size=5), min_size=1, max_size=5, unique=True))
    opciones = []
    for clave in claves:
        opcion: dict[str, Any] = {"clave": clave, "texto": draw(textos)}
        if idiomas is not None:
            opcion["exclusiva"] = draw(st.booleans())
            opcion["traducciones"] = _limpio({i: draw(_algunos(["texto"])) for i in idiomas})
        if draw(st.booleans()):
            opcion["datos"] = {"zona": draw(st.sampled_from(["norte", "sur"]))}
        opciones.append(opcion)
    return opciones


@st.composite
def _grupo(draw: Any, clave: str, padre: str | None, idiomas: list[str], antes: list[dict[str, Any]]) -> dict[str, Any]:
    grupo = {"clave": clave, "padre": padre, "texto": draw(st.sampled_from(["", "Casa", "¿Quiénes?"]))}
    grupo["relevante"] = draw(_condicion(antes))
    grupo["apariencia"] = draw(st.sampled_from([None, "field-list"]))
    if draw(st.booleans()):
        grupo |= {"repite": True, "veces": draw(st.sampled_from([None, "2", "1 + 1"]))}
        grupo |= draw(st.sampled_from([{}, {"minimo": 1, "maximo": 3}, {"maximo": 2}]))
    if grupo["texto"]:
        grupo["traducciones"] = _limpio({i: draw(_algunos(["texto"])) for i in idiomas})
    return grupo


def _condicion(antes: list[dict[str, Any]]) -> st.SearchStrategy[str | None]:
    nombres = [p["clave"] for p in antes if p["tipo"] in _CON_RESPUESTA]
    moldes = ["${%s} = 'a'", "selected(${%s}, 'b') or true()", "string-length(${%s}) < 3", "not(${%s} != '')"]
    return st.sampled_from([None, *(molde % nombre for nombre in nombres for molde in moldes)])


@st.composite
def _pregunta(
    draw: Any,
    clave: str,
    abiertos: list[dict[str, Any]],
    idiomas: list[str],
    antes: list[dict[str, Any]],
    archivos: dict[str, Any],
) -> dict[str, Any]:
    tipo = draw(st.sampled_from([*_CON_RESPUESTA, "orden", "codigo", "punto", "nota", "calculo", "oculto", "hoy"]))
    repite = any(grupo.get("repite") for grupo in abiertos)
    p: dict[str, Any] = {"clave": clave, "tipo": tipo, "grupo": abiertos[-1]["clave"] if abiertos else None}
    p |= {"texto": draw(textos), "ayuda": draw(st.none() | textos), "relevante": draw(_condicion(antes))}
    p["apariencia"] = draw(st.sampled_from([None, "minimal", "horizontal numbers"]))
    p["indicador"] = draw(st.sampled_from([None, "M4"]))
    if tipo in ("una", "varias", "orden"):
        p |= draw(_cerrada(tipo, repite, idiomas, antes, archivos))
    if tipo == "texto":
        p |= draw(st.sampled_from([{"privada": True, "maximo": 80}, {"maximo": 40}, {}]))
    if tipo == "rango":
        p |= {"inicio": "0", "fin": "2.5", "paso": "0.5"}
    if tipo == "calculo":
        p["calculo"] = draw(st.sampled_from(["1 + 1", "concat('a', \"b\")", "today()"]))
    if tipo == "oculto":
        p["omision"] = draw(st.sampled_from([None, "fijo", "once(now())"]))
    if tipo in _CON_RESPUESTA:
        p["obligatoria"] = draw(st.sampled_from([False, True, "1 = 1"]))
        p["restriccion"] = draw(st.sampled_from([None, ". != 'zzz'", "string-length(.) < 100"]))
        p["mensaje_restriccion"] = draw(st.none() | textos)
        p["mensaje_obligatoria"] = draw(st.none() | textos)
        p["sensibilidad"] = draw(st.sampled_from([None, "sensible"]))
        p["explicacion"] = draw(st.none() | textos)
    if tipo in ("entero", "fecha"):
        p["omision"] = draw(st.sampled_from([None, {"entero": "7", "fecha": "2026-01-31"}[tipo]]))
        p["solo_lectura"] = draw(st.booleans())
    campos = [c for c in ("texto", "ayuda", "mensaje_restriccion", "mensaje_obligatoria", "explicacion") if p.get(c)]
    p["traducciones"] = _limpio({i: draw(_algunos(campos)) for i in idiomas})
    return p


@st.composite
def _cerrada(
    draw: Any, tipo: str, repite: bool, idiomas: list[str], antes: list[dict[str, Any]], archivos: dict[str, Any]
) -> dict[str, Any]:
    if tipo == "una" and archivos and draw(st.booleans()):
        return {"archivo": "lugares.csv", "publicacion": "no"}
    repetidas = [p["opciones"] for p in antes if p.get("opciones")]
    opciones = draw(_opciones(idiomas) | st.sampled_from(repetidas) if repetidas else _opciones(idiomas))
    p: dict[str, Any] = {"opciones": opciones}
    claves = [opcion["clave"] for opcion in opciones]
    if any(opcion.get("datos") for opcion in opciones):
        p["filtro"] = draw(st.sampled_from([None, "zona = 'norte'", "zona = 'sur' or name = 'a'"]))
    if tipo == "orden":
        return p
    escaleras: list[str | None] = [None, "no"]
    if tipo == "una" and len(claves) >= 3:
        escaleras.append(f"{claves[0]} | {' '.join(claves[1:])}")
    p["publicacion"] = "no" if repite else draw(st.sampled_from(escaleras))
    if tipo == "una" and not repite:
        p["correcta"] = draw(st.sampled_from([None, claves[0]]))
        p["demografica"] = draw(st.sampled_from([None, None, "sexo"]))
        p["solo_si"] = draw(st.sampled_from([None, None, "sin_ficha"]))
        p["modulo"] = draw(st.sampled_from([None, None, "violencia", "igualdad"]))
    return p


# --- Respuestas ----------------------------------------------------------------------------------------------------

_ESCRITOS = ("", "a", "María", "5512345678", "maria@ejemplo.mx", "x" * 30)
_NUMEROS = ("0", "1", "2", "3", "5", "10", "18", "25", "50", "99", "100", "120", "-1", "2000", "100000")
_FECHAS = ("2026-11-23", "2026-11-22", "2000-01-31", "2050-06-15", "1980-02-29", "2012-12-12")


def candidatos(recorrido: Recorrido, pregunta: Pregunta, lugar: tuple[int, ...], azar: Random) -> list[list[str]]:
    """Cosas que se podrían contestar ahí: de su tipo, y las que sus expresiones nombran."""
    claves = [opcion.clave for opcion in recorrido.opciones(pregunta, lugar)]
    solas = [o.clave for o in recorrido.opciones(pregunta, lugar) if o.exclusiva]
    nombradas = sorted(_literales(recorrido.instrumento, pregunta))
    if pregunta.tipo == "una":
        return [[clave] for clave in claves]
    if pregunta.tipo == "varias":
        juntas = [clave for clave in claves if clave not in solas]
        return [*([clave] for clave in claves), *(juntas[:n] for n in range(2, len(juntas) + 1))]
    if pregunta.tipo == "orden":
        return [azar.sample(claves, len(claves))] if claves else []
    if pregunta.tipo == "rango":
        return [[str(pregunta.inicio)], [str(pregunta.fin)], *([n] for n in (*nombradas, *_NUMEROS))]
    por_tipo: dict[str, tuple[str, ...]] = {
        "entero": _NUMEROS,
        "decimal": (*_NUMEROS, "1.5", "0.5"),
        "fecha": _FECHAS,
        "hora": ("09:30", "00:00", "23:59"),
        "acepto": ("OK",),
        "punto": ("20.99 -102.61",),
        "codigo": ("ABC123",),
    }
    return [[valor] for valor in (*por_tipo.get(pregunta.tipo, _ESCRITOS), *nombradas)]


def _literales(instrumento: Instrumento, pregunta: Pregunta) -> set[str]:
    hallados: set[str] = set()

    def bajar(arbol: Arbol) -> None:
        if isinstance(arbol, list):
            for rama in arbol[1:]:
                bajar(rama)
        elif isinstance(arbol, str):
            hallados.add(arbol)
        else:
            hallados.update({str(int(arbol) + n) for n in (-1, 0, 1)} | {f"{arbol:g}"})

    for campo, texto, columnas in de_pregunta(instrumento, pregunta):
        if campo in ("restriccion", "relevante"):
            try:
                bajar(entender(texto, columnas).arbol)
            except ErrorExpresion:  # pragma: no cover
                raise AssertionError(texto) from None
    return hallados


def contestar(instrumento: Instrumento, azar: Random, intentos: int = 60) -> tuple[dict[str, list[str]], Validacion]:
    """Respuestas al azar que ``validar`` acepta; si no las halla, las últimas con sus errores."""
    datos: dict[str, list[str]] = {}
    for _ in range(intentos):
        recorrido = Recorrido(instrumento, datos, ahora=AHORA, personal=True)
        errores = recorrido.revisar()
        cambios = 0
        for pregunta in instrumento.preguntas:
            if not pregunta.con_campo:
                continue
            for lugar in [v for v in vueltas(instrumento, pregunta) if all(n <= 2 for n in v)]:
                nombre = nombre_campo(pregunta, lugar)
                if nombre in errores or (nombre not in datos and recorrido.relevante(pregunta, lugar)):
                    opciones = candidatos(recorrido, pregunta, lugar, azar)
                    datos[nombre] = azar.choice(opciones) if opciones else []
                    cambios += 1
        if not cambios:
            break
    return datos, validar(instrumento, datos, ahora=AHORA, personal=True)
