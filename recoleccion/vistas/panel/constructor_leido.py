"""El borrador como se enseña: cada pregunta con su número, lo que le falta y lo que se le puede hacer."""

from collections.abc import Iterable
from typing import Any

from formularios import condiciones, dibujo, edicion
from formularios.edicion import Borrador, Problema
from formularios.edicion.borrador import buscar, camino, preguntas
from formularios.edicion.condicion import DE_NUMERO, operadores_de
from formularios.edicion.operaciones import a_donde
from formularios.edicion.problemas import SIN_INDICADOR
from formularios.edicion.tipos import CON_OPCIONES, opciones_fijas, publicacion_fija, tipo_fijo
from formularios.instrumento import Instrumento
from recoleccion.consultas import poa
from recoleccion.consultas.borradores import Guardado
from recoleccion.fechas import plural

from ..contexto import ahora, bd
from .formas_constructor import filas_de
from .instrumentos import leido

A_LA_VISTA = 8
"""Opciones que se enseñan de cada pregunta."""


def a_la_vista(guardado: Guardado) -> dict[str, Any]:
    """Todo lo que la página del borrador necesita."""
    borrador = guardado.borrador
    problemas, avisos = edicion.problemas(borrador), edicion.avisos(borrador)
    encuesta, numerada = Instrumento.sin_revisar(edicion.modelo(borrador)), numeros(borrador)
    return {
        "guardado": guardado,
        "encuesta": encuesta,
        "cuantas": len(numerada),
        "tarjetas": _tarjetas(borrador, encuesta, numerada, problemas, avisos),
        "problemas": problemas,
        "generales": [*_de("", problemas)],
        "avisos_generales": [*_de("", avisos), *_sin_indicador(numerada, avisos)],
        "quitada": edicion.ultima_quitada(borrador),
        "leido": None if problemas else leido(encuesta),
    }


def numeros(borrador: Borrador) -> dict[str, int]:
    """El de cada pregunta que se contesta, como en un teléfono de la oficina y en papel; de los módulos, el primero."""
    return dibujo.numeros(Instrumento.sin_revisar(edicion.modelo(borrador)).para_tema(""), personal=True)


def _tarjetas(
    borrador: Borrador,
    encuesta: Instrumento,
    numerada: dict[str, int],
    problemas: list[Problema],
    avisos: list[Problema],
) -> list[dict[str, Any]]:
    grupos = {g["clave"]: g for g in borrador["modelo"].get("grupos", ())}
    tarjetas = []
    antes: tuple[str, ...] = ()
    for lugar, pregunta in enumerate(preguntas(borrador)):
        clave, suyos = pregunta["clave"], camino(borrador, pregunta.get("grupo"))
        abren = [grupos[g] for n, g in enumerate(suyos) if antes[: n + 1] != suyos[: n + 1]]
        frases = _de(clave, problemas)
        tarjetas.append(
            {
                "pregunta": pregunta,
                "numero": numerada.get(clave),
                "abren": abren,
                "dentro": bool(suyos),
                "tipo": nombre_del_tipo(pregunta),
                "opciones": [o["texto"] for o in pregunta.get("opciones", ())] if pregunta["tipo"] in _CERRADAS else [],
                "problemas": frases,
                "avisos": [frase for frase in _de(clave, avisos) if frase != SIN_INDICADOR],
                "solo_si": None if frases else condiciones.frase(encuesta, pregunta.get("relevante"), numerada),
                "fijas": fijas(borrador, pregunta),
                "sube": a_donde(borrador, lugar, -1) is not None,
                "baja": a_donde(borrador, lugar, 1) is not None,
            }
        )
        antes = suyos
    return tarjetas


def _sin_indicador(numerada: dict[str, int], avisos: list[Problema]) -> list[str]:
    """Se dice una vez, no en cada pregunta."""
    sin = [numerada.get(aviso.pregunta, 0) for aviso in avisos if aviso.frase == SIN_INDICADOR]
    cuales = [str(numero) for numero in sin if numero]
    if not sin:
        return []
    if len(cuales) != len(sin) or len(cuales) > A_LA_VISTA:
        return [f"Ningún indicador usa {plural(len(sin), 'pregunta', 'preguntas')}: si nadie las va a usar, sobran."]
    las = f"la {cuales[0]}" if len(cuales) == 1 else f"la {', la '.join(cuales[:-1])} ni la {cuales[-1]}"
    return [f"Ningún indicador usa {las}: si nadie va a usar lo que se conteste, sobra."]


_CERRADAS = ("una", "varias", "orden")
_OTROS_TIPOS = {
    "texto": "Texto, sólo en teléfonos de la oficina", "orden": "Poner en orden", "hora": "Hora", "codigo": "Código",
    "punto": "Ubicación", "calculo": "Cálculo", "oculto": "Dato oculto", "hoy": "El día de hoy",
}  # fmt: skip


def nombre_del_tipo(pregunta: dict[str, Any]) -> str:
    tipo = edicion.tipo_de(pregunta)
    return edicion.TIPOS[tipo].nombre if tipo else _OTROS_TIPOS.get(pregunta["tipo"], pregunta["tipo"])


def fijas(borrador: Borrador, pregunta: dict[str, Any]) -> list[str]:
    """Lo que no se cambia en pantalla, en palabras."""
    partes = edicion.fijas(pregunta)
    if edicion.es_de_la_hoja(borrador, pregunta):
        partes.append("cuándo se muestra")
    if pregunta.get("grupo"):
        partes.append("en qué grupo está")
    return partes


def _de(clave: str, problemas: Iterable[Problema]) -> list[str]:
    return [problema.frase for problema in problemas if problema.pregunta == clave]


def de_una(borrador: Borrador, clave: str, *, otra: bool = False) -> dict[str, Any]:
    """Lo que necesita el formulario de una pregunta. ``otra``: con lugar para una condición más."""
    pregunta = buscar(borrador, clave) or {}
    condiciones = edicion.condiciones_de(borrador, pregunta)
    numerada = numeros(borrador)
    return {
        "pregunta": pregunta,
        "numero": numerada.get(clave),
        "tipo": edicion.tipo_de(pregunta),
        "nombre_tipo": nombre_del_tipo(pregunta),
        "tipos": edicion.TIPOS,
        "tipo_fijo": tipo_fijo(pregunta),
        "ya_guardada": clave in borrador["guardadas"],
        "con_opciones": pregunta["tipo"] in _CERRADAS and not pregunta.get("archivo"),
        "opciones_fijas": opciones_fijas(pregunta),
        "publicable": edicion.tipo_de(pregunta) in CON_OPCIONES and not publicacion_fija(pregunta),
        "fijas": fijas(borrador, pregunta),
        "de_la_hoja": edicion.es_de_la_hoja(borrador, pregunta),
        "filas": filas_de(condiciones, otra=otra),
        "junta": "todas" if condiciones.todas else "alguna",
        "condiciones_maximas": edicion.CONDICIONES_MAXIMAS,
        "mostrar": _mostrar(borrador, clave, numerada),
        "problemas": _de(clave, edicion.problemas(borrador)),
        "avisos": _de(clave, edicion.avisos(borrador)),
    }


_DICHO = {
    "es": "contestó «{}»",
    "no_es": "no contestó «{}»",
    "incluye": "marcó «{}»",
    "no_incluye": "no marcó «{}»",
    "mayor": "puso más de…",
    "menor": "puso menos de…",
    "igual": "puso exactamente…",
}


def _mostrar(borrador: Borrador, clave: str, numerada: dict[str, int]) -> list[dict[str, Any]]:
    """De cada pregunta de la que puede depender: cómo se llama, y sus condiciones con su valor y su frase."""
    grupos = []
    for otra in edicion.candidatas(borrador, clave):
        n = numerada.get(otra["clave"])
        numero, en = (f"{n}. ", f"en la {n} ") if n else ("", "")
        opciones = [(o["clave"], o["texto"]) for o in otra.get("opciones", ())]
        valores = [("OK", "Sí")] if otra["tipo"] == "acepto" else opciones
        casos = []
        for operador in operadores_de(otra):
            if operador in DE_NUMERO:
                casos.append((f"{otra['clave']} {operador}", en + _DICHO[operador]))
            else:
                casos += [(f"{otra['clave']} {operador} {v}", en + _DICHO[operador].format(t)) for v, t in valores]
        grupos.append({"nombre": f"{numero}{otra['texto']}", "casos": casos, "de_numero": not valores})
    return grupos


def lineas() -> list[dict[str, Any]]:
    """Las del programa anual, para proponer el indicador."""
    ejercicios = poa.ejercicios(bd())
    cercano = min(ejercicios, key=lambda e: abs(e - ahora().year), default=None)
    return poa.listar(bd(), cercano) if cercano else []
