"""Lo que se le hace a un borrador. Cada función devuelve otro; si lo que se pide no se puede, el mismo."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from formularios.edicion.borrador import (
    QUITADAS_MAXIMO,
    Borrador,
    buscar,
    camino,
    copia,
    nueva_clave,
    nueva_opcion,
    preguntas,
)
from formularios.edicion.condicion import Condicion, Condiciones, es_de_la_hoja, escribir
from formularios.edicion.tipos import (
    CON_OPCIONES,
    TIPOS,
    PreguntaCruda,
    familia_de,
    publicacion_fija,
    tipo_de,
    tipo_fijo,
)
from formularios.formulas import CAMPOS_DE_GRUPO, CAMPOS_DE_PREGUNTA
from formularios.huecos import CON_HUECOS
from formularios.invariantes import PREGUNTAS_MAXIMAS, normal
from formularios.valores import sin_ceros

CARITAS = ("Muy bien", "Bien", "Más o menos", "Mal", "Muy mal")
_TEXTOS = ("texto", "ayuda", "indicador")
_RANGO = ("inicio", "fin", "paso")


def portada(
    borrador: Borrador,
    *,
    titulo: str,
    intro: str,
    minutos: float,
    cierre: str = "",
    lleva_ficha: bool = False,
    edad_minima: int | None = None,
) -> Borrador:
    """Lo que se dice antes y después de las preguntas. La clave no cambia con el título."""
    nuevo = copia(borrador)
    nuevo["modelo"] |= {
        "titulo": normal(titulo), "intro": normal(intro), "minutos": minutos, "cierre": normal(cierre),
        "lleva_ficha": lleva_ficha, "edad_minima": edad_minima,
    }  # fmt: skip
    return nuevo


def agregar(borrador: Borrador, *, tipo: str, texto: str, opciones: Sequence[str] = ()) -> Borrador:
    """Una pregunta al final, fuera de todo grupo. La escala de caritas, sin opciones, trae las suyas."""
    if tipo not in TIPOS or len(preguntas(borrador)) >= PREGUNTAS_MAXIMAS:
        return borrador
    nuevo = copia(borrador)
    pregunta: PreguntaCruda = {"clave": nueva_clave(nuevo), "texto": normal(texto)} | dict(TIPOS[tipo].campos)
    _de_inicio(pregunta, tipo)
    escritas = [texto for texto in map(normal, opciones) if texto]
    if tipo in CON_OPCIONES:
        de_siempre = CARITAS if tipo == "caritas" else ()
        pregunta["opciones"] = []
        for opcion in escritas or de_siempre:
            pregunta["opciones"].append(nueva_opcion(nuevo, pregunta, opcion))
    preguntas(nuevo).append(pregunta)
    return nuevo


def cambiar(borrador: Borrador, clave: str, cambios: Mapping[str, Any]) -> Borrador:
    """Cambia ``texto``, ``ayuda``, ``indicador``, ``tipo`` (de :data:`TIPOS`), ``obligatoria``, ``publicacion`` (``si``
    o ``no``), y ``inicio``, ``fin`` y ``paso`` de un rango. Lo que no está en ``cambios``, o es fijo, se queda.
    """
    nuevo = copia(borrador)
    pregunta = buscar(nuevo, clave)
    if pregunta is None:
        return borrador
    pregunta |= {campo: normal(str(cambios[campo])) for campo in _TEXTOS if campo in cambios}
    if "obligatoria" in cambios and not isinstance(pregunta.get("obligatoria"), str):
        pregunta["obligatoria"] = bool(cambios["obligatoria"])
    if cambios.get("publicacion") in ("si", "no") and not publicacion_fija(pregunta):
        pregunta["publicacion"] = cambios["publicacion"]
    if pregunta["tipo"] == "rango":
        pregunta |= {campo: _numero(str(cambios[campo])) for campo in _RANGO if campo in cambios}
    tipo = cambios.get("tipo")
    if tipo in TIPOS and tipo != tipo_de(pregunta) and not tipo_fijo(pregunta):
        _cambiar_tipo(nuevo, pregunta, tipo)
    return nuevo


def _numero(texto: str) -> str:
    """Un decimal como se guarda; lo que no es número se queda como se escribió."""
    limpio = normal(texto).replace(",", ".")
    try:
        numero = Decimal(limpio)
    except InvalidOperation:
        return limpio
    return sin_ceros(numero) if numero.is_finite() and abs(numero.adjusted()) < 20 else limpio


def _cambiar_tipo(borrador: Borrador, pregunta: PreguntaCruda, tipo: str) -> None:
    if tipo_de(pregunta) == "caritas":
        pregunta.pop("apariencia", None)
    pregunta |= dict(TIPOS[tipo].campos)
    _de_inicio(pregunta, tipo)
    if tipo in CON_OPCIONES:
        pregunta.setdefault("opciones", [])
    _reclavar(borrador, pregunta)


def _de_inicio(pregunta: PreguntaCruda, tipo: str) -> None:
    for campo, valor in TIPOS[tipo].de_inicio.items():
        pregunta.setdefault(campo, valor)


def _reclavar(borrador: Borrador, pregunta: PreguntaCruda) -> None:
    """Si lo contestado ya no se compara con lo guardado, es otra pregunta; si vuelve a ser la de antes, su clave."""
    clave, familia = pregunta["clave"], familia_de(pregunta)
    antes = borrador["origen"].get(clave, clave)
    if borrador["guardadas"].get(clave, familia) != familia:
        nueva = nueva_clave(borrador)
        borrador["origen"][nueva] = clave
    elif antes != clave and borrador["guardadas"].get(antes) == familia and buscar(borrador, antes) is None:
        nueva = antes
    else:
        return
    otra_clave(borrador, pregunta, nueva)


def otra_clave(borrador: Borrador, pregunta: PreguntaCruda, nueva: str) -> None:
    """La pregunta pasa a llamarse ``nueva``, y quien la miraba la sigue mirando. Cambia el borrador que recibe."""
    clave = pregunta["clave"]
    usadas = borrador["opciones"].setdefault(nueva, [])
    usadas += [c for c in borrador["opciones"].get(clave, ()) if c not in usadas]
    pregunta["clave"] = nueva
    borrador["de_la_hoja"] = [nueva if c == clave else c for c in borrador["de_la_hoja"]]
    _renombrar(borrador, clave, nueva)


def _renombrar(borrador: Borrador, vieja: str, nueva: str) -> None:
    patron = re.compile(r"\$\{\s*" + re.escape(vieja) + r"\s*\}")
    cosas = [*preguntas(borrador), *borrador["modelo"].get("grupos", ())]
    cosas += [opcion for pregunta in preguntas(borrador) for opcion in pregunta.get("opciones", ())]
    for cosa in cosas:
        for lleva in (cosa, *cosa.get("traducciones", {}).values()):
            for campo in (*CAMPOS_DE_PREGUNTA, *CAMPOS_DE_GRUPO, *CON_HUECOS["Pregunta"]):
                if isinstance(lleva.get(campo), str):
                    lleva[campo] = patron.sub(lambda _: f"${{{nueva}}}", lleva[campo])


def mostrar_si(borrador: Borrador, clave: str, *condiciones: Condicion, todas: bool = True) -> Borrador:
    """Cuándo se muestra: si se cumplen ``todas``, o alguna; sin condiciones, siempre. La de la hoja no se toca."""
    nuevo = copia(borrador)
    pregunta = buscar(nuevo, clave)
    if pregunta is None or es_de_la_hoja(borrador, pregunta):
        return borrador
    expresion = escribir(Condiciones(condiciones, todas))
    if condiciones and expresion is None:
        return borrador
    pregunta.pop("relevante", None)
    if expresion:
        pregunta["relevante"] = expresion
    return nuevo


# --- Su lugar ----------------------------------------------------------------------------------------------------


def mover(borrador: Borrador, clave: str, pasos: int) -> Borrador:
    """Un lugar arriba (-1) o abajo (1), entre las de su grupo; un grupo vecino se brinca entero."""
    lugar = next((n for n, p in enumerate(preguntas(borrador)) if p["clave"] == clave), None)
    destino = None if lugar is None else a_donde(borrador, lugar, pasos)
    if lugar is None or destino is None:
        return borrador
    nuevo = copia(borrador)
    movidas = preguntas(nuevo)
    movidas.insert(destino, movidas.pop(lugar))
    return nuevo


def a_donde(borrador: Borrador, lugar: int, pasos: int) -> int | None:
    """El lugar al que se movería la pregunta de ``lugar``; ``None`` si no se puede."""
    todas, siguiente = preguntas(borrador), lugar + pasos
    if pasos not in (-1, 1) or not 0 <= siguiente < len(todas):
        return None
    propio = camino(borrador, todas[lugar].get("grupo"))
    vecino = camino(borrador, todas[siguiente].get("grupo"))
    if vecino[: len(propio)] != propio:
        return None
    bloque = vecino[: len(propio) + 1]
    if len(bloque) > len(propio):
        while 0 <= siguiente + pasos < len(todas) and _en(borrador, todas[siguiente + pasos], bloque):
            siguiente += pasos
    return siguiente


def _en(borrador: Borrador, pregunta: PreguntaCruda, bloque: Sequence[str]) -> bool:
    return camino(borrador, pregunta.get("grupo"))[: len(bloque)] == tuple(bloque)


def duplicar(borrador: Borrador, clave: str) -> Borrador:
    """Otra igual justo después, con su propia clave. Lo demográfico se pregunta una vez: la copia no lo es."""
    if buscar(borrador, clave) is None or len(preguntas(borrador)) >= PREGUNTAS_MAXIMAS:
        return borrador
    nuevo = copia(borrador)
    lugar = next(n for n, p in enumerate(preguntas(nuevo)) if p["clave"] == clave)
    otra = copia(preguntas(nuevo)[lugar])
    otra["clave"] = nueva_clave(nuevo)
    otra.pop("demografica", None)
    if clave in nuevo["de_la_hoja"]:
        nuevo["de_la_hoja"].append(otra["clave"])
    nuevo["opciones"][otra["clave"]] = [opcion["clave"] for opcion in otra.get("opciones", ())]
    preguntas(nuevo).insert(lugar + 1, otra)
    return nuevo


def quitar(borrador: Borrador, clave: str) -> Borrador:
    """Se puede deshacer: el borrador recuerda las últimas que se quitaron."""
    lugar = next((n for n, p in enumerate(preguntas(borrador)) if p["clave"] == clave), None)
    if lugar is None:
        return borrador
    nuevo = copia(borrador)
    quitada = {"lugar": lugar, "pregunta": preguntas(nuevo).pop(lugar)}
    nuevo["quitadas"] = [*nuevo["quitadas"], quitada][-QUITADAS_MAXIMO:]
    return nuevo


def ultima_quitada(borrador: Borrador) -> str | None:
    """El texto de lo que :func:`deshacer` regresaría."""
    quitadas = borrador["quitadas"]
    if not quitadas:
        return None
    cosa: dict[str, Any] = quitadas[-1].get("opcion") or quitadas[-1]["pregunta"]
    return str(cosa["texto"] or cosa["clave"])


def deshacer(borrador: Borrador) -> Borrador:
    """Regresa lo último que se quitó, con su clave, a su lugar o al más cercano que respete los grupos."""
    if not borrador["quitadas"]:
        return borrador
    nuevo = copia(borrador)
    quitada = nuevo["quitadas"].pop()
    if "opcion" in quitada:
        pregunta = buscar(nuevo, quitada["de"])
        if pregunta is not None:
            pregunta.setdefault("opciones", []).insert(quitada["lugar"], quitada["opcion"])
        return nuevo
    if buscar(nuevo, quitada["pregunta"]["clave"]) is not None:
        quitada["pregunta"]["clave"] = nueva_clave(nuevo)
    todas = preguntas(nuevo)
    for lugar in sorted(range(len(todas) + 1), key=lambda n: (abs(n - quitada["lugar"]), n)):
        if _caben_juntas(nuevo, [*todas[:lugar], quitada["pregunta"], *todas[lugar:]]):
            todas.insert(lugar, quitada["pregunta"])
            break
    return nuevo


def _caben_juntas(borrador: Borrador, todas: Sequence[PreguntaCruda]) -> bool:
    """¿Las preguntas de cada grupo siguen una tras otra?"""
    cerrados: set[str] = set()
    abiertos: set[str] = set()
    for pregunta in todas:
        suyos = set(camino(borrador, pregunta.get("grupo")))
        cerrados |= abiertos - suyos
        if suyos & cerrados:
            return False
        abiertos = suyos
    return True
