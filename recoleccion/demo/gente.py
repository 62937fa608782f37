"""Quién fue y qué contestó. Las proporciones son supuestos de la demostración; no miden a nadie."""

from dataclasses import dataclass
from random import Random

from formularios.instrumento import Instrumento, Pregunta, nombre_campo

from .nombres import nombre, telefono

# Por público: parte de mujeres y peso de cada grupo de edad (0-11, 12-17, 18-29, 30-44, 45-59, 60+, nd).
_PUBLICOS = {
    "vecinas": (0.86, (1, 3, 19, 34, 26, 15, 2)),
    "escuela": (0.54, (0, 88, 6, 4, 2, 0, 0)),
    "hombres": (0.10, (0, 2, 24, 40, 24, 9, 1)),
    "curso": (0.93, (0, 2, 24, 42, 24, 7, 1)),
    "calle": (0.71, (8, 11, 20, 26, 20, 13, 2)),
    "personal": (0.58, (0, 0, 22, 46, 29, 2, 1)),
}
_EDADES = ("0-11", "12-17", "18-29", "30-44", "45-59", "60+", "nd")

# Cuántas atinan antes y después (K1-K5 y G1-G5): suben, y unas más que otras.
_ATINAN = {
    "K1": (0.62, 0.86), "K2": (0.55, 0.83), "K3": (0.66, 0.88), "K4": (0.72, 0.87), "K5": (0.34, 0.86),
    "G1": (0.78, 0.88), "G2": (0.46, 0.78), "G3": (0.68, 0.87), "G4": (0.52, 0.82), "G5": (0.60, 0.80),
}  # fmt: skip
_PESOS = {
    "S1": (62, 29, 7, 2), "S2": (58, 31, 9, 2), "S3": (64, 27, 9), "S4": (71, 12, 14, 3),
    "S5": (31, 17, 22, 9, 6, 8, 5, 2), "S6": (24, 15, 17, 18, 7, 14, 5),
    "quien": (52, 24, 16, 8), "animo": (31, 44, 25), "ayudas": (34, 22, 25, 17, 0),
}  # fmt: skip
_NUMEROS = {
    "personas": (1, 1, 1, 2, 2, 3, 4),
    "horas": (1, 1.5, 2, 3, 4, 5, 6, 8, 10),
    "tiempo": (0, 1, 2, 2, 3, 4, 5, 7),
}
_ACTITUD = {"AT1": ((19, 26, 48, 7), (10, 21, 63, 6)), "AT2": ((23, 25, 43, 9), (13, 22, 58, 7)),
            "AT3": ((29, 27, 37, 7), (15, 22, 57, 6))}  # fmt: skip
_SABE = ((16, 36, 48), (46, 41, 13))
_RECONOCE = (0.83, 0.86, 0.62, 0.71, 0.88, 0.79, 0.66, 0.84, 0.93, 0.94)
_DUDAS = (
    "¿A qué hora atienden en la oficina?", "¿Puede ir una menor sola?", "¿Cuánto cuesta la asesoría?",
    "¿Van a dar otra plática en el rancho?", "¿La llamada queda guardada en el teléfono?",
)  # fmt: skip
_MEJORAS = (
    "Que dure más", "Que sea en la tarde", "Más ejemplos", "Poner sillas con respaldo", "Que lleven bocina",
    "Traer a alguien que cuide a los niños",
)  # fmt: skip


@dataclass(frozen=True)
class Persona:
    """Una asistente inventada. ``token``: su credencial, si lleva."""

    sexo: str
    edad: str
    procedencia: str
    nombre: str
    telefono: str
    token: str | None = None

    @property
    def menor(self) -> bool:
        return self.edad in ("0-11", "12-17")


def persona(azar: Random, publico: str, zona: str, *, token: str | None = None) -> Persona:
    """Alguien del público dado; con ``token``, siempre adulta."""
    mujeres, pesos = _PUBLICOS[publico]
    sexo = "M" if azar.random() < mujeres else "H"
    if azar.random() < 0.012:
        sexo = azar.choice("ON")
    edad = azar.choices(_EDADES, pesos)[0]
    if token and edad in ("0-11", "12-17", "nd"):
        edad = "30-44"
    de_aqui = ("cabecera", "rancho") if zona == "cabecera" else ("rancho", "cabecera")
    procedencia = azar.choices((*de_aqui, "otro", "nd"), (74, 19, 5, 2))[0]
    return Persona(sexo, edad, procedencia, nombre(azar, sexo), telefono(azar), token)


def contestar(azar: Random, instrumento: Instrumento, quien: Persona, ficha: str | None) -> dict[str, list[str]]:
    """Las respuestas como las mandaría un formulario; alguna se queda en blanco. Lo que no venía al caso se ignora."""
    despues = instrumento.clave == "despues"
    respuestas: dict[str, list[str]] = {}
    for pregunta in instrumento.preguntas:
        if pregunta.demografica:
            if not (pregunta.solo_si == "sin_ficha" and ficha):
                respuestas[pregunta.clave] = [getattr(quien, pregunta.demografica)]
        elif azar.random() > 0.04 and (elegidas := _elegir(azar, pregunta, despues)):
            respuestas[nombre_campo(pregunta)] = elegidas
    return respuestas


def _elegir(azar: Random, pregunta: Pregunta, despues: bool) -> list[str]:
    claves = [opcion.clave for opcion in pregunta.opciones]
    if pregunta.tipo == "texto":
        return [azar.choice(_DUDAS if despues else _MEJORAS)] if azar.random() < 0.07 else []
    if pregunta.clave in _NUMEROS:
        return [str(azar.choice(_NUMEROS[pregunta.clave]))]
    if pregunta.clave == "I1":
        return azar.sample(claves[:-1], azar.choice((1, 1, 2, 3))) if azar.random() < 0.92 else claves[-1:]
    if pregunta.clave in _ATINAN:
        return [_atinar(azar, _ATINAN[pregunta.clave][despues], pregunta, claves)]
    if pregunta.clave.startswith("E") and pregunta.correcta:
        numero = int(pregunta.clave[1:]) - 1
        return [_atinar(azar, _RECONOCE[numero % len(_RECONOCE)], pregunta, claves)]
    pesos = _ACTITUD[pregunta.clave][despues] if pregunta.clave in _ACTITUD else _PESOS.get(pregunta.clave)
    if pregunta.clave == "C1":
        pesos = _SABE[despues]
    return azar.choices(claves, pesos if pesos and len(pesos) == len(claves) else None)


def _atinar(azar: Random, cuantas: float, pregunta: Pregunta, claves: list[str]) -> str:
    if azar.random() < cuantas:
        return pregunta.correcta or claves[0]
    return azar.choice([clave for clave in claves if clave != pregunta.correcta])
