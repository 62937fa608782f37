"""Lo que se escribe en el constructor de encuestas, leído: de un formulario a operaciones sobre el borrador."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Form

from formularios import edicion
from formularios.campos import Parrafo, Renglon
from formularios.edicion import CONDICIONES_MAXIMAS, Borrador, Condicion, Condiciones
from formularios.edicion.condicion import DE_NUMERO

LETRAS = {"texto": 2000, "ayuda": 500, "indicador": 80, "inicio": 20, "fin": 20, "paso": 20, "opciones": 8000}
"""Las que caben en cada campo; en una opción, como en ``ayuda``."""
SIEMPRE = ""
ERROR_MINUTOS = "Escriba un número, por ejemplo 2 o 1.5."
ERROR_EDAD = "Escriba sólo el número, por ejemplo 18, o déjelo vacío."
ERROR_NUMERO = "Escriba el número, por ejemplo 2."
ERROR_CUANDO = "Elija otra vez cuándo se muestra."


def leer_minutos(texto: str) -> str:
    """:raises ValueError: si no es un número entre 0 y 120."""
    try:
        minutos = float(texto.replace(",", "."))
    except ValueError:
        raise ValueError(ERROR_MINUTOS) from None
    if not 0 < minutos <= 120:
        raise ValueError("Diga entre 0.5 y 120 minutos.")
    return f"{minutos:g}"


def leer_edad(texto: str) -> str:
    """:raises ValueError: si no es un entero de 1 a 120."""
    if not texto.isascii() or not texto.isdigit() or not 1 <= int(texto) <= 120:
        raise ValueError(ERROR_EDAD)
    return str(int(texto))


class FormularioPortada(Form):
    """Lo que se dice antes y después de las preguntas."""

    titulo = Renglon("Título", maximo=120, falta="Escriba el título.")
    intro = Parrafo("Lo que se dice al empezar", maximo=1500)
    minutos = Renglon("Minutos que toma", maximo=6, falta=ERROR_MINUTOS, revisar=leer_minutos)
    cierre = Parrafo("Lo que se dice al terminar", maximo=3000)
    edad_minima = Renglon("Desde qué edad se contesta", maximo=3, revisar=leer_edad)
    lleva_ficha = BooleanField("Pide la ficha de papel, para unir antes y después")

    def aplicar(self, borrador: Borrador) -> Borrador:
        edad = self.edad_minima.data
        return edicion.portada(
            borrador,
            titulo=self.titulo.data,
            intro=self.intro.data or "",
            minutos=_numero(float(self.minutos.data)),
            cierre=self.cierre.data or "",
            lleva_ficha=self.lleva_ficha.data,
            edad_minima=int(edad) if edad else None,
        )


class FormularioNueva(Form):
    """Con qué empieza una encuesta."""

    titulo = Renglon("Título", maximo=120, falta="Escriba el título.")
    intro = Parrafo("Lo que se dice al empezar", maximo=1500)
    minutos = Renglon("Minutos que toma", maximo=6, falta=ERROR_MINUTOS, revisar=leer_minutos)


def minutos_de(texto: str) -> float:
    return _numero(float(texto))


def _numero(minutos: float) -> float:
    return int(minutos) if minutos.is_integer() else minutos


def de_portada(borrador: Borrador) -> dict[str, Any]:
    """Con lo que se llena :class:`FormularioPortada`."""
    modelo = borrador["modelo"]
    return {
        "titulo": modelo["titulo"],
        "intro": modelo["intro"],
        "minutos": f"{modelo['minutos']:g}",
        "cierre": modelo.get("cierre") or "",
        "edad_minima": str(modelo.get("edad_minima") or ""),
        "lleva_ficha": bool(modelo.get("lleva_ficha")),
    }


@dataclass
class Escrito:
    """Lo que llegó del formulario de una pregunta, ya puesto en ``borrador``; ``errores`` va por nombre de campo."""

    borrador: Borrador
    lugar: int
    """El de la pregunta en el borrador: su clave puede cambiar con su tipo."""
    sin_agregar: Borrador = field(default_factory=dict)
    """Como ``borrador`` antes de agregar, mover o quitar opciones: con el que se vuelve a enseñar si no se guardó."""
    errores: dict[str, str] = field(default_factory=dict)

    @property
    def clave(self) -> str:
        clave: str = self.borrador["modelo"]["preguntas"][self.lugar]["clave"]
        return clave


def escribir(borrador: Borrador, clave: str, datos: MultiDict[str, str]) -> Escrito:
    """Pone en el borrador todo lo que trae el formulario de una pregunta. No lo guarda.

    La pregunta tiene que estar en el borrador.
    """
    lugar = next(n for n, p in enumerate(borrador["modelo"]["preguntas"]) if p["clave"] == clave)
    escrito = Escrito(borrador, lugar, errores=dict(_largos(datos)))
    cambios: dict[str, Any] = {c: datos[c] for c in ("texto", "ayuda", "indicador", *_RANGO) if c in datos}
    cambios |= {c: datos[c] for c in ("tipo", "publicacion") if datos.get(c)}
    if "con_obligatoria" in datos:
        cambios["obligatoria"] = "obligatoria" in datos
    escrito.borrador = edicion.cambiar(escrito.borrador, clave, cambios)
    for nombre in datos:
        if nombre.startswith("opcion-"):
            opcion, sola = nombre.removeprefix("opcion-"), f"exclusiva-{nombre.removeprefix('opcion-')}" in datos
            escrito.borrador = edicion.cambiar_opcion(
                escrito.borrador, escrito.clave, opcion, texto=datos[nombre], exclusiva=sola
            )
    if "si" in datos:
        _condiciones(escrito, datos)
    escrito.sin_agregar = escrito.borrador
    nuevas = datos.get("opciones", "").splitlines()
    escrito.borrador = edicion.agregar_opciones(escrito.borrador, escrito.clave, nuevas)
    _accion(escrito, datos.get("accion", ""))
    return escrito


def por_agregar(escrito: Escrito, datos: MultiDict[str, str]) -> str:
    """Las opciones escritas que no están en el borrador: las nuevas, y las que alguien quitó mientras tanto."""
    hay = {
        f"opcion-{o['clave']}" for o in escrito.sin_agregar["modelo"]["preguntas"][escrito.lugar].get("opciones", ())
    }
    faltan = [valor for nombre, valor in datos.items() if nombre.startswith("opcion-") and nombre not in hay]
    return "\n".join([*faltan, datos.get("opciones", "")]).strip()


_RANGO = ("inicio", "fin", "paso")


def _largos(datos: MultiDict[str, str]) -> Iterator[tuple[str, str]]:
    for nombre, valor in datos.items():
        tope = LETRAS["ayuda"] if nombre.startswith("opcion-") else LETRAS.get(nombre)
        if tope is not None and len(valor) > tope:
            yield nombre, f"Es muy largo: tiene {len(valor)} letras y caben {tope}."


@dataclass(frozen=True)
class Fila:
    """Un renglón de «Cuándo se muestra».

    ``caso``: «pregunta operador valor», sin valor en las de número; vacío, ninguno. ``sufijo``: con el que acaban sus
    ``id`` en la página.
    """

    sufijo: str
    caso: str = SIEMPRE
    numero: str = ""


def filas_escritas(datos: MultiDict[str, str]) -> list[Fila]:
    """Como llegaron. Cada renglón manda un ``si`` y, si alguno lleva número, un ``si_numero``."""
    pares = zip_longest(datos.getlist("si"), datos.getlist("si_numero"), fillvalue="")
    return [Fila(_sufijo(lugar), *par) for lugar, par in enumerate(pares)][:CONDICIONES_MAXIMAS]


def junta_de(datos: MultiDict[str, str]) -> str:
    """Si hacen falta ``todas`` las condiciones, o ``alguna``."""
    return "alguna" if datos.get("si_junta") == "alguna" else "todas"


def filas_de(condiciones: Condiciones, *, otra: bool = False) -> list[Fila]:
    """Una por condición, por lo menos una; ``otra``: y una más en blanco, si cabe."""
    filas = []
    for lugar, una in enumerate(condiciones.partes):
        caso, de_numero = f"{una.pregunta} {una.operador}", una.operador in DE_NUMERO
        filas.append(Fila(_sufijo(lugar), caso if de_numero else f"{caso} {una.valor}", una.valor if de_numero else ""))
    faltan = max(1, len(filas)) + otra - len(filas)
    return [*filas, *(Fila(_sufijo(len(filas) + n)) for n in range(faltan))][:CONDICIONES_MAXIMAS]


def _sufijo(lugar: int) -> str:
    return f"-{lugar + 1}" if lugar else ""


def _condiciones(escrito: Escrito, datos: MultiDict[str, str]) -> None:
    condiciones = []
    for fila in filas_escritas(datos):
        if fila.caso == SIEMPRE:
            continue
        pregunta, operador, valor = [*fila.caso.split(" "), "", "", ""][:3]
        de_numero = operador in DE_NUMERO
        una = Condicion(pregunta, operador, fila.numero.strip().replace(",", ".") if de_numero else valor)
        if edicion.escribir(Condiciones((una,))) is None:
            campo, frase = ("si_numero", ERROR_NUMERO) if de_numero else ("si", ERROR_CUANDO)
            escrito.errores[campo + fila.sufijo] = frase
        condiciones.append(una)
    todas = junta_de(datos) == "todas" or len(condiciones) < 2
    escrito.borrador = edicion.mostrar_si(escrito.borrador, escrito.clave, *condiciones, todas=todas)


def _accion(escrito: Escrito, accion: str) -> None:
    """Mover o quitar una opción: «subir-si», «bajar-si», «quitar-si»."""
    que, _, opcion = accion.partition("-")
    acciones: dict[str, Callable[[Borrador], Borrador]] = {
        "subir": lambda b: edicion.mover_opcion(b, escrito.clave, opcion, -1),
        "bajar": lambda b: edicion.mover_opcion(b, escrito.clave, opcion, 1),
        "quitar": lambda b: edicion.quitar_opcion(b, escrito.clave, opcion),
    }
    if que in acciones:
        escrito.borrador = acciones[que](escrito.borrador)
