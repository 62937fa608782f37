"""La forma de un registro: qué trae cada tipo y qué se le perdona.

Se perdona lo que no cambia el hecho (una hora imposible, un dato que no se quiso decir); lo demás se retiene con
su código para que alguien lo vea. Aquí no se pregunta nada a la base.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .. import reglas

TIPOS = ("asistencia", "conteo", "contestacion", "anulacion")
VERSION = 1
SESGO_MAXIMO_MS = 100 * 366 * 86_400_000
"""Un teléfono que despierta en 1970 sigue siendo un teléfono: un siglo de sesgo se anota tal cual."""

_LARGO_NOMBRE = 200
_LARGO_TELEFONO = 40
_LARGO_IDENTIDAD = 5462
"""Letras base64 url de un sobre de identidad de 4 KiB; el de una persona mide 450."""
_LARGO_HORA = 40
_MAXIMO_ENTERO = 2**31
_BASE64_URL = re.compile(r"[\w-]*", re.ASCII)
_ULTIMA = {2: "AQgw", 3: "AEIMQUYcgkosw048"}
"""Con qué letra puede acabar según lo que sobre de cuatro en cuatro: canónica es que los bits que sobran sean cero."""


@dataclass(frozen=True)
class Registro:
    """Un hecho ya entendido; ``datos`` trae exactamente lo que su tipo guarda."""

    id: str
    tipo: str
    evento: str
    hora: str | None
    sesgo_ms: int | None
    datos: dict[str, Any]
    promotora: str | None = None
    """La cuenta de quien registró, si lo dijo. Una contestación nunca la lleva: si viniera, aquí se queda."""


def entender(registro: object, id: str) -> Registro | str:
    """El registro, o el código de por qué se retiene."""
    if not isinstance(registro, Mapping):
        return "registro_ilegible"
    version = registro.get("v")
    if not _entero(version, 1, _MAXIMO_ENTERO):
        return "registro_ilegible"
    if version != VERSION:
        return "version_desconocida"
    if registro.get("id") != id:
        return "id_distinto"
    tipo, evento, datos = registro.get("tipo"), registro.get("evento"), registro.get("datos")
    if tipo not in TIPOS:
        return "tipo_desconocido"
    if not isinstance(evento, str) or not isinstance(datos, Mapping):
        return "datos_invalidos"
    leidos = _LECTORES[tipo](datos)
    if leidos is None:
        return "datos_invalidos"
    if tipo == "contestacion":
        return Registro(id, tipo, evento, None, None, leidos)
    promotora = registro.get("promotora")
    return Registro(
        id,
        tipo,
        evento,
        _hora(registro.get("hora")),
        _sesgo(registro.get("sesgo_ms")),
        leidos,
        promotora if reglas.id_valido(promotora) else None,
    )


def _asistencia(datos: Mapping[str, Any]) -> dict[str, Any] | None:
    demograficos = _demograficos(datos)
    credencial = datos.get("credencial")
    nombre = _texto(datos.get("nombre"), _LARGO_NOMBRE)
    telefono = _texto(datos.get("telefono"), _LARGO_TELEFONO)
    identidad = _sobre(datos.get("identidad"))
    if (
        demograficos is None
        or datos.get("modo") not in reglas.MODOS_DE_REGISTRO
        or not _entero(datos.get("aviso"), 1, _MAXIMO_ENTERO)
        or nombre is None
        or telefono is None
        or identidad is None
    ):
        return None
    return {
        "modo": datos["modo"],
        **demograficos,
        "personas": 1,
        "aviso": datos["aviso"],
        "nombre": nombre or None,
        "telefono": telefono or None,
        "identidad": identidad or None,
        "credencial": credencial if isinstance(credencial, str) and credencial else None,
    }


def _conteo(datos: Mapping[str, Any]) -> dict[str, Any] | None:
    demograficos = _demograficos(datos)
    personas = datos.get("personas", 1)
    if demograficos is None or not _entero(personas, 1, 500) or not _entero(datos.get("aviso"), 1, _MAXIMO_ENTERO):
        return None
    return {
        "modo": "conteo",
        **demograficos,
        "personas": personas,
        "aviso": datos["aviso"],
        "nombre": None,
        "telefono": None,
        "identidad": None,
        "credencial": None,
    }


def _anulacion(datos: Mapping[str, Any]) -> dict[str, Any] | None:
    registro = datos.get("registro")
    return {"registro": registro} if reglas.id_valido(registro) else None


def _contestacion(datos: Mapping[str, Any]) -> dict[str, Any] | None:
    instrumento, version = datos.get("instrumento"), datos.get("version")
    ficha, respuestas = datos.get("ficha"), datos.get("respuestas")
    if (
        not _limpio(instrumento)
        or not _entero(version, 1, _MAXIMO_ENTERO)
        or not (ficha is None or _limpio(ficha))
        or not isinstance(respuestas, Mapping)
        or not all(isinstance(lista, list) and all(_limpio(valor) for valor in lista) for lista in respuestas.values())
    ):
        return None
    return {
        "instrumento": instrumento,
        "version": version,
        "ficha": ficha or None,
        "respuestas": {clave: list(lista) for clave, lista in respuestas.items()},
    }


_LECTORES = {"asistencia": _asistencia, "conteo": _conteo, "anulacion": _anulacion, "contestacion": _contestacion}


def _demograficos(datos: Mapping[str, Any]) -> dict[str, str] | None:
    """Sexo, edad y procedencia por su código; lo que no se dijo es «no dice»."""
    leidos: dict[str, str] = {}
    for campo, codigos, no_dice in (
        ("sexo", reglas.SEXOS, "N"),
        ("edad", reglas.EDADES, "nd"),
        ("procedencia", reglas.PROCEDENCIAS, "nd"),
    ):
        valor = datos.get(campo)
        valor = no_dice if valor is None or valor == "" else valor
        if valor not in codigos:
            return None
        leidos[campo] = valor
    return leidos


def _texto(valor: object, largo: int) -> str | None:
    """Sin espacios de más ni letras de control; ``""`` si no se dio, ``None`` si no se puede guardar."""
    if valor is None:
        return ""
    if not _limpio(valor):
        return None
    limpio = " ".join("".join(c if c.isprintable() else " " for c in str(valor)).split())
    return limpio if len(limpio) <= largo else None


def _sobre(valor: object) -> str | None:
    """Un sobre de identidad, que aquí no se abre; ``""`` si no se dio, ``None`` si no tiene esa forma."""
    if valor is None:
        return ""
    if not isinstance(valor, str) or len(valor) > _LARGO_IDENTIDAD or not _BASE64_URL.fullmatch(valor):
        return None
    sobran = len(valor) % 4
    return valor if sobran == 0 or valor[-1] in _ULTIMA.get(sobran, "") else None


def _limpio(valor: object) -> bool:
    """¿Es un texto que cabe en UTF-8? (JSON deja pasar mitades de un par sustituto.)"""
    if not isinstance(valor, str):
        return False
    try:
        valor.encode()
    except UnicodeEncodeError:
        return False
    return True


def _hora(valor: object) -> str | None:
    """La hora del teléfono, si se entiende y dice su zona; el reloj nunca es razón para retener."""
    if not isinstance(valor, str) or len(valor) > _LARGO_HORA:
        return None
    try:
        hora = datetime.fromisoformat(valor)
    except ValueError:
        return None
    return hora.isoformat(timespec="milliseconds") if hora.tzinfo else None


def _sesgo(valor: object) -> int | None:
    """Reloj del teléfono menos reloj del servidor, en milisegundos."""
    return valor if isinstance(valor, int) and _entero(valor, -SESGO_MAXIMO_MS, SESGO_MAXIMO_MS) else None


def _entero(valor: object, minimo: int, maximo: int) -> bool:
    return isinstance(valor, int) and not isinstance(valor, bool) and minimo <= valor <= maximo
