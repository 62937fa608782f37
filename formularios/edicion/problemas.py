"""Qué le falta a un borrador para guardarse, dicho en la pregunta y con qué hacer."""

from collections.abc import Iterator
from dataclasses import dataclass

from formularios import invariantes
from formularios.edicion.borrador import Borrador, buscar, modelo, preguntas
from formularios.edicion.condicion import Condicion, Condiciones, admite, condiciones_de
from formularios.edicion.tipos import CON_OPCIONES, PreguntaCruda, tipo_de
from formularios.instrumento import SIN_CAMPO, ErrorInstrumento, Instrumento

SIN_INDICADOR = "Ningún indicador la usa. Si nadie va a usar lo que se conteste, no la pregunte."


@dataclass(frozen=True)
class Problema:
    """``pregunta``: su clave; vacía si es de toda la encuesta."""

    pregunta: str
    frase: str


def instrumento(borrador: Borrador) -> Instrumento:
    """La versión que se guardaría. :raises ErrorInstrumento: si hay :func:`problemas`."""
    return Instrumento.de_dict(modelo(borrador))


def problemas(borrador: Borrador) -> list[Problema]:
    """Los que no dejan guardar, en el orden de las preguntas. Sin ninguno, :func:`instrumento` no falla."""
    hallados = [*_generales(borrador)]
    for pregunta in preguntas(borrador):
        hallados += [Problema(pregunta["clave"], frase) for frase in _de_la_pregunta(borrador, pregunta)]
    return hallados or [*_lo_demas(borrador)]


def _generales(borrador: Borrador) -> Iterator[Problema]:
    general = borrador["modelo"]
    if not general["titulo"]:
        yield Problema("", "Falta el título.")
    if not general["minutos"] > 0:
        yield Problema("", "Diga cuántos minutos toma.")
    if not general["preguntas"]:
        yield Problema("", "Agregue la primera pregunta.")


def _de_la_pregunta(borrador: Borrador, pregunta: PreguntaCruda) -> Iterator[str]:
    tipo = tipo_de(pregunta)
    if not pregunta["texto"] and pregunta["tipo"] not in ("calculo", "oculto", "hoy"):
        yield "Escriba el texto de la nota." if tipo == "nota" else "Escriba la pregunta."
    opciones = pregunta.get("opciones", [])
    if tipo in CON_OPCIONES and not pregunta.get("archivo"):
        if not opciones:
            yield "Escriba sus opciones."
        elif any(not opcion["texto"] for opcion in opciones):
            yield "Hay una opción sin texto: escríbalo o quítela."
    if (
        len(opciones) > invariantes.OPCIONES_PUBLICABLES
        and tipo in CON_OPCIONES
        and pregunta.get("publicacion") != "no"
    ):
        yield f"Con más de {invariantes.OPCIONES_PUBLICABLES} opciones no se puede publicar: elija «No se publica»."
    if pregunta["tipo"] == "rango" and not _rango_bien(pregunta):
        yield "Revise los números: el primero menor que el segundo, y de cuánto en cuánto mayor que cero."
    condiciones = condiciones_de(borrador, pregunta).partes
    yield from dict.fromkeys(frase for una in condiciones for frase in _de_la_condicion(borrador, pregunta, una))


def _rango_bien(pregunta: PreguntaCruda) -> bool:
    solo = {"clave": "x", "tipo": "rango", "texto": "x", **{c: pregunta.get(c) for c in ("inicio", "fin", "paso")}}
    de_prueba = {"clave": "x", "version": 1, "titulo": "x", "intro": "", "minutos": 1, "preguntas": [solo]}
    try:
        Instrumento.de_dict(de_prueba)
    except ErrorInstrumento:
        return False
    return True


def _de_la_condicion(borrador: Borrador, pregunta: PreguntaCruda, condicion: Condicion) -> Iterator[str]:
    mirada = buscar(borrador, condicion.pregunta)
    if mirada is None:
        yield "Se muestra según una pregunta que ya no está. Cambie cuándo se muestra."
    elif mirada is pregunta:
        yield "Se muestra según ella misma. Cambie cuándo se muestra."
    elif condicion.operador in ("es", "no_es", "incluye", "no_incluye") and not admite(mirada, condicion):
        yield f"Se muestra según una opción que ya no está en «{mirada['texto']}». Cambie cuándo se muestra."
    elif not admite(mirada, condicion):
        yield f"Se muestra según un número, y «{mirada['texto']}» ya no lo pide. Cambie cuándo se muestra."


def _lo_demas(borrador: Borrador) -> Iterator[Problema]:
    """Lo que dicen las reglas de todo instrumento y aquí no tiene frase propia."""
    vistas: set[Problema] = set()
    for defecto in invariantes.defectos(Instrumento.sin_revisar(modelo(borrador))):
        de_hoja = buscar(borrador, defecto.clave) is None and defecto.clave
        frase = f"{defecto.frase[:1].upper()}{defecto.frase[1:]}".removesuffix(".") + "."
        donde = f"En «{defecto.clave}»: " if de_hoja else ""
        problema = Problema("" if de_hoja else defecto.clave, donde + frase)
        if problema not in vistas:
            vistas.add(problema)
            yield problema


def avisos(borrador: Borrador) -> list[Problema]:
    """Lo que deja guardar y conviene mirar."""
    hallados = []
    if preguntas(borrador) and all(p["tipo"] in SIN_CAMPO for p in preguntas(borrador)):
        hallados.append(Problema("", "Nada se contesta: sólo tiene notas."))
    lugares = {pregunta["clave"]: lugar for lugar, pregunta in enumerate(preguntas(borrador))}
    for pregunta in preguntas(borrador):
        frases = [*_de_cuidado(pregunta)]
        condiciones = condiciones_de(borrador, pregunta)
        if any(lugares.get(una.pregunta, -1) > lugares[pregunta["clave"]] for una in condiciones.partes):
            frases.append("Se muestra según una pregunta que va después. Súbala, o cambie cuándo se muestra.")
        if _nunca(condiciones):
            frases.append("Nunca se muestra: pide dos respuestas distintas a lo mismo. Quizá quiso decir «alguna».")
        hallados += [Problema(pregunta["clave"], frase) for frase in frases]
    return hallados


def _nunca(condiciones: Condiciones) -> bool:
    """¿Hacen falta dos respuestas a una pregunta que admite una?"""
    pedidas: dict[str, set[str]] = {}
    for condicion in condiciones.partes:
        if condicion.operador in ("es", "igual"):
            pedidas.setdefault(condicion.pregunta, set()).add(condicion.valor)
    return condiciones.todas and any(len(valores) > 1 for valores in pedidas.values())


def _de_cuidado(pregunta: PreguntaCruda) -> Iterator[str]:
    opciones = [opcion["texto"] for opcion in pregunta.get("opciones", ())]
    if tipo_de(pregunta) in CON_OPCIONES:
        if len(opciones) == 1:
            yield "Tiene una sola opción."
        if len(set(opciones)) < len(opciones):
            yield "Dos opciones dicen lo mismo."
    contesta = tipo_de(pregunta) not in ("nota", None)
    if contesta and not pregunta.get("indicador") and not pregunta.get("demografica"):
        yield SIN_INDICADOR
