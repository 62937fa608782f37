"""Qué cambió de una versión de una encuesta a otra, pregunta por pregunta y en palabras; y qué se puede seguir sumando.

Puro. Lo que aquí se llama comparable es lo que la publicación junta entre versiones: la misma pregunta, con las mismas
palabras, las mismas opciones en el mismo orden, la misma correcta y la misma forma de publicarse.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from formularios.instrumento import Instrumento, Opcion, Pregunta

Que = Literal["agregada", "quitada", "cambiada", "igual"]

PALABRAS: Mapping[str, str] = {
    "una": "una opción",
    "varias": "varias opciones",
    "orden": "ordenar opciones",
    "texto": "texto libre",
    "entero": "un número entero",
    "decimal": "un número",
    "rango": "un número de una escala",
    "fecha": "una fecha",
    "hora": "una hora",
    "acepto": "una casilla",
    "codigo": "un código leído con la cámara",
    "punto": "un lugar",
    "nota": "un texto para leer",
    "calculo": "un cálculo",
    "oculto": "un dato oculto",
    "hoy": "el día",
}
"""Cómo se contesta cada tipo de pregunta."""

_FRASES: Mapping[str, str] = {
    "correcta": "Cambió cuál es la respuesta correcta.",
    "explicacion": "Cambió lo que se explica después.",
    "modulo": "Cambió de módulo.",
    "demografica": "Cambió qué dato de la persona es.",
    "solo_si": "Cambió si depende de la ficha.",
    "privada": "Cambió si su texto es privado.",
    "maximo": "Cambió cuántas letras caben.",
    "ayuda": "Cambió el renglón de ayuda.",
    "grupo": "Cambió de grupo.",
    "relevante": "Cambió a quién se le pregunta.",
    "obligatoria": "Cambió si hay que contestarla.",
    "restriccion": "Cambió qué respuestas se admiten.",
    "mensaje_restriccion": "Cambió lo que se dice de una respuesta que no se admite.",
    "mensaje_obligatoria": "Cambió lo que se dice si falta.",
    "calculo": "Cambió cómo se calcula.",
    "omision": "Cambió con qué empieza.",
    "filtro": "Cambió qué opciones se muestran.",
    "solo_lectura": "Cambió si se puede corregir.",
    "apariencia": "Cambió cómo se ve.",
    "inicio": "Cambió dónde empieza la escala.",
    "fin": "Cambió dónde termina la escala.",
    "paso": "Cambió de cuánto en cuánto va la escala.",
    "archivo": "Cambió el archivo de sus opciones.",
    "sensibilidad": "Cambió qué tan delicada es.",
    "publicacion": "Cambió cómo se publica.",
    "indicador": "Cambió el indicador que la usa.",
    "traducciones": "Cambió una traducción.",
}


@dataclass(frozen=True)
class Diferencia:
    """Una pregunta en las dos versiones. ``comparable``: lo contestado antes y ahora se puede sumar."""

    clave: str
    que: Que
    antes: Pregunta | None
    ahora: Pregunta | None
    frases: tuple[str, ...]
    comparable: bool

    @property
    def texto(self) -> str:
        pregunta = self.ahora or self.antes
        return pregunta.texto if pregunta is not None else ""


def comparar(vieja: Instrumento, nueva: Instrumento) -> tuple[Diferencia, ...]:
    """Cada pregunta de las dos, en el orden de la nueva; las quitadas, después de la que tenían antes."""
    diferencias = [_diferencia(vieja, nueva, p.clave) for p in nueva.preguntas]
    anterior: str | None = None
    for pregunta in vieja.preguntas:
        if pregunta.clave not in nueva.por_clave:
            lugar = next((n for n, d in enumerate(diferencias, start=1) if d.clave == anterior), 0)
            diferencias.insert(lugar, _diferencia(vieja, nueva, pregunta.clave))
        anterior = pregunta.clave
    return tuple(diferencias)


def generales(vieja: Instrumento, nueva: Instrumento) -> tuple[str, ...]:
    """Lo que cambió de la encuesta entera."""
    frases = []
    if vieja.titulo != nueva.titulo:
        frases.append(f"El título era «{vieja.titulo}».")
    for campo, frase in (
        ("intro", "Cambió lo que se dice antes de empezar."),
        ("cierre", "Cambió lo que se dice al terminar."),
        ("minutos", f"Antes tomaba {vieja.duracion}."),
        ("lleva_ficha", "Ahora pide ficha." if nueva.lleva_ficha else "Ya no pide ficha."),
        ("edad_minima", "Cambió desde qué edad se contesta."),
        ("idiomas", "Cambiaron los idiomas."),
        ("grupos", "Cambiaron los grupos: su título, su condición o cuántas veces se repiten."),
        ("listas", "Cambiaron las opciones que vienen de un archivo."),
    ):
        if getattr(vieja, campo) != getattr(nueva, campo):
            frases.append(frase)
    en_las_dos = [p.clave for p in vieja.preguntas if p.clave in nueva.por_clave]
    if en_las_dos != [p.clave for p in nueva.preguntas if p.clave in vieja.por_clave]:
        frases.append("Cambió el orden de las preguntas.")
    return tuple(frases)


def _diferencia(vieja: Instrumento, nueva: Instrumento, clave: str) -> Diferencia:
    antes, ahora = vieja.por_clave.get(clave), nueva.por_clave.get(clave)
    if antes is None or ahora is None:
        return Diferencia(clave, "agregada" if antes is None else "quitada", antes, ahora, (), comparable=False)
    frases = tuple(_frases(antes, ahora, vieja.opciones_de(antes), nueva.opciones_de(ahora)))
    comparable = _lo_que_pregunta(vieja, antes) == _lo_que_pregunta(nueva, ahora)
    return Diferencia(clave, "cambiada" if frases else "igual", antes, ahora, frases, comparable)


def _lo_que_pregunta(instrumento: Instrumento, p: Pregunta) -> tuple[object, ...]:
    """Lo que, si cambia, hace que dos respuestas ya no quieran decir lo mismo o no se publiquen juntas."""
    opciones = tuple((o.clave, o.texto) for o in instrumento.opciones_de(p))
    se_publica = p.publicacion != "no" and not p.demografica and not instrumento.repeticiones(p.grupo)
    return (p.tipo, p.texto, opciones, p.correcta, p.privada, se_publica, p.peldanos, p.inicio, p.fin, p.paso)


def _frases(
    antes: Pregunta, ahora: Pregunta, opciones_antes: tuple[Opcion, ...], opciones: tuple[Opcion, ...]
) -> Iterator[str]:
    if antes.texto != ahora.texto:
        yield f"Antes decía «{antes.texto}»."
    if antes.tipo != ahora.tipo:
        yield f"Antes se contestaba con {PALABRAS[antes.tipo]}; ahora, con {PALABRAS[ahora.tipo]}."
    yield from _de_opciones({o.clave: o for o in opciones_antes}, {o.clave: o for o in opciones})
    yield from (frase for campo, frase in _FRASES.items() if getattr(antes, campo) != getattr(ahora, campo))


def _de_opciones(antes: Mapping[str, Opcion], ahora: Mapping[str, Opcion]) -> Iterator[str]:
    yield from (f"Se agregó la opción «{o.texto}»." for clave, o in ahora.items() if clave not in antes)
    yield from (f"Se quitó la opción «{o.texto}»." for clave, o in antes.items() if clave not in ahora)
    for clave in (c for c in antes if c in ahora):
        if antes[clave].texto != ahora[clave].texto:
            yield f"La opción «{antes[clave].texto}» ahora dice «{ahora[clave].texto}»."
        elif antes[clave] != ahora[clave]:
            yield f"Cambió algo de la opción «{ahora[clave].texto}» que no es su texto."
    if [c for c in antes if c in ahora] != [c for c in ahora if c in antes]:
        yield "Cambió el orden de las opciones."
