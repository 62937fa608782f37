"""Lo que se captura: registros buenos, malos y con el id de otro."""

import json
from dataclasses import dataclass, field
from random import Random
from typing import Any

from recoleccion import reglas
from recoleccion.sellado import b64

DEMOGRAFICOS = ("sexo", "edad", "procedencia")
PREGUNTAS = {
    "S1": ("muy_buena", "buena", "regular", "mala"),
    "S2": ("todo", "casi", "poco", "nada"),
    "S3": ("si", "mas_o_menos", "no"),
}


@dataclass(frozen=True)
class Version:
    """Unos bytes que un teléfono guardó con este id, y de qué teléfono."""

    huella: str
    sobre: str
    telefono: str
    contenido: dict[str, Any]


@dataclass
class Registro:
    """Un hecho. ``nombre`` es el de la traza; ``bueno``: el servidor debe aceptarlo.

    ``versiones`` son los bytes guardados en algún teléfono con este id: más de una es un conflicto.
    """

    nombre: str
    id: str
    contenido: dict[str, Any]
    bueno: bool = True
    anula: str | None = None
    versiones: list[Version] = field(default_factory=list)
    perdonado: bool = False

    @property
    def tipo(self) -> str:
        return str(self.contenido["tipo"])


def inventar(azar: Random, nombre: str, evento: str, hora: str, sesgo: int, tipo: str, anula: str | None) -> Registro:
    """Un registro bueno del tipo que se pida."""
    id = reglas.nuevo_id(azar)
    datos: dict[str, Any]
    if tipo == "contestacion":
        respuestas = {c: [azar.choice(opciones)] for c, opciones in PREGUNTAS.items()}
        datos = {"instrumento": "satisfaccion", "version": 1, "ficha": None, "respuestas": respuestas}
    elif tipo == "anulacion":
        datos = {"registro": anula}
    else:
        datos = {"sexo": azar.choice(reglas.SEXOS), "edad": azar.choice(reglas.EDADES[2:]), "aviso": 1}
        if tipo == "asistencia":
            datos |= {"modo": "promotora", "procedencia": "cabecera", "telefono": None, "credencial": None}
            if azar.random() < 0.5:  # quién es va en un segundo sobre, para la oficina: aquí nadie lo abre
                datos["identidad"] = b64(azar.randbytes(120))
            else:
                datos["nombre"] = f"Persona {nombre}"
        else:
            datos["personas"] = 1
    con_hora = {"hora": None, "sesgo_ms": None} if tipo == "contestacion" else {"hora": hora, "sesgo_ms": sesgo}
    contenido = {"v": 1, "id": id, "tipo": tipo, "evento": evento, **con_hora, "datos": datos}
    return Registro(nombre, id, contenido, anula=anula if tipo == "anulacion" else None)


def echar_a_perder(registro: Registro, azar: Random) -> Registro:
    """Lo que ningún servidor de hoy puede tomar: debe acabar en la cuarentena, entero."""
    cambio: dict[str, Any] = azar.choice(
        [{"v": 2}, {"tipo": "canalizacion"}, {"evento": "no-existe"}, {"datos": {}}, {"id": "otro"}]
    )
    registro.contenido = registro.contenido | cambio
    registro.bueno = False
    return registro


def de_una_version_vieja(registro: Registro) -> Registro:
    """Una aplicación de hace un año: no mandaba lo que hoy es opcional."""
    contenido = dict(registro.contenido)
    contenido.pop("sesgo_ms", None)
    contenido["datos"] = {c: v for c, v in contenido["datos"].items() if c not in ("credencial", "personas")}
    registro.contenido = contenido
    return registro


def en_bytes(contenido: dict[str, Any]) -> bytes:
    return json.dumps(contenido, ensure_ascii=False).encode()
