"""Lo que una plantilla dibuja de una encuesta: cada lugar, cada sección y el dibujo entero. Lo arma ``dibujo.py``."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wtforms import Field

from formularios import frases, reglas_vivas
from formularios.instrumento import Grupo, Instrumento, Opcion, Pregunta


@dataclass(frozen=True)
class Pieza:
    """Una pregunta en una vuelta. ``como`` es la macro que la dibuja."""

    pregunta: Pregunta
    nombre: str
    como: str
    campo: Field | None = None
    opciones: tuple[Opcion, ...] = ()
    vuelta: str | None = None
    paso: str | None = None
    ayuda: str | None = None
    solo_si: str | None = None
    prestado: str | None = None
    error: str | None = None
    enfoca: bool = False
    """Es el primer error: ahí empieza quien corrige."""
    salida: str = ""
    estilo: str = ""
    caras: tuple[str, ...] = ()
    """De cada opción, la curva de su boca; vacío si no lleva cara."""
    atributos: Mapping[str, str] | None = None

    @property
    def crudo(self) -> list[str]:
        """Lo que mandó, en su orden y con sus huecos; si nadie ha mandado nada, con lo que empieza."""
        campo = self.campo
        if campo is None:
            return []
        datos: Any = campo.raw_data or campo.data or []
        return [datos] if isinstance(datos, str) else list(datos)

    @property
    def lugares(self) -> list[tuple[int, str]]:
        """De un orden: cada lugar, desde 1, y la clave que se puso en él."""
        puestas = [*self.crudo, *[""] * len(self.opciones)]
        return list(enumerate(puestas[: len(self.opciones)], start=1))


@dataclass(frozen=True)
class Seccion:
    """Un grupo, o una vuelta de una repetición. ``plegada``: todavía no hace falta verla."""

    grupo: Grupo | None
    partes: "tuple[Pieza | Seccion, ...]"
    titulo: str = ""
    nivel: int = 2
    vuelta: str | None = None
    solo_si: str | None = None
    prestado: str | None = None
    plegada: bool = False


Parte = Pieza | Seccion


_RASGOS = ("patrones", "raras", "fechas", "tipos", "cuentas", "ingles", "pasos", "vueltas", "orden")


@dataclass(frozen=True)
class Dibujo:
    """Todo lo que la plantilla necesita. ``idioma``: el código de sus textos, si se sabe."""

    instrumento: Instrumento
    frases: Mapping[str, str]
    idioma: str | None
    ficha: Field | None
    partes: tuple[Parte, ...]
    errores: Mapping[str, str]
    por_pantalla: bool
    prestado: str | None = None
    """El idioma de ``frases``, cuando no es el de la encuesta."""
    reglas: Mapping[str, Any] | None = None
    """Lo que el teléfono necesita para mostrar y esconder; nada, si contestándola no cambia nada."""
    hora: str | None = None
    """La de aquí al dibujarla: el reloj de un teléfono puede estar mal, y ``today()`` lo decide el servidor."""

    @property
    def viva(self) -> bool:
        """¿Le sirve de algo el guion de las encuestas?"""
        return self.por_pantalla or bool(self.reglas)

    @property
    def reglas_json(self) -> str:
        """Para ir dentro de ``<script>``: sin «<», que lo cerraría; lo demás no estorba y así pesa menos."""
        return json.dumps(self.reglas, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")

    @property
    def rasgos(self) -> tuple[str, ...]:
        """Lo que su guion necesita además de lo de siempre, como los nombra y ordena ``juntos.py``."""
        if not self.reglas:
            return ()
        pide = {
            **dict.fromkeys(reglas_vivas.que_pide(self.instrumento), True),
            "ingles": bool(self.instrumento.idiomas) and (self.idioma or "").startswith("en"),
            "pasos": self.por_pantalla,
            "vueltas": any("v" in grupo for grupo in self.reglas.get("g", ())),
            "orden": any(pregunta["t"] == "orden" for pregunta in self.reglas["p"]),
        }
        return tuple(rasgo for rasgo in _RASGOS if pide.get(rasgo))

    @property
    def guion(self) -> str:
        """El de ``static/js/encuesta/`` que trae lo que esta encuesta usa, y la página de una asistente."""
        return f"{'-'.join(('reglas', *self.rasgos))}.js" if self.reglas else "una_a_una.js"

    @property
    def hojas(self) -> tuple[str, ...]:
        """Los estilos de ``static/css/`` que el guion necesita."""
        if not self.viva:
            return ()
        con_botones = self.por_pantalla or {"vueltas", "orden"} & set(self.rasgos)
        return ("css/viva.css", "css/pasos.css") if con_botones else ("css/viva.css",)

    @property
    def duracion(self) -> str:
        return frases.duracion(self.instrumento.minutos, self.frases)
