"""Reglas puras del dominio: sin base, sin red, sin reloj. La hora y el azar llegan como argumentos."""

import hashlib
import json
import random
import re
import unicodedata
import uuid
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from formularios.catalogos import MENORES
from formularios.ficha import normalizar_ficha, nueva_ficha

__all__ = ["normalizar_ficha", "nueva_ficha"]

Situacion = Literal["abierto", "futuro", "pasado", "cerrado", "cancelado"]

# Códigos fijos: la base y la publicación cuentan por ellos. Las etiquetas son de los catálogos.
SEXOS = ("M", "H", "O", "N")
EDADES = ("0-11", "12-17", "18-29", "30-44", "45-59", "60+", "nd")
PROCEDENCIAS = ("cabecera", "rancho", "otro", "nd")
MODOS_DE_REGISTRO = ("promotora", "credencial", "telefono", "otra_persona")

ALFABETO_CLAVE = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
LARGO_CLAVE = 6
LARGO_ALTA = 8
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TOKEN = re.compile(rf"J1[{_CROCKFORD}]{{28}}")
_CONFUSAS = frozenset("ILO01")

ABRE_ANTES = timedelta(minutes=30)
CIERRA_DESPUES = timedelta(hours=24)

# Cuasigrupo de Damm (2004), orden 10: descubre todo dígito cambiado y todo par vecino invertido.
_DAMM = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip


def nuevo_id(azar: random.Random) -> str:
    """Un UUID versión 4 con el azar dado."""
    return str(uuid.UUID(int=azar.getrandbits(128), version=4))


def id_valido(texto: object) -> bool:
    """Sólo la forma canónica de un UUID versión 4: minúsculas y guiones."""
    return isinstance(texto, str) and _UUID4.fullmatch(texto) is not None


_UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def json_canonico(valor: object) -> bytes:
    """JSON con llaves ordenadas, sin espacios, UTF-8: los mismos datos dan los mismos bytes."""
    return json.dumps(valor, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def huella(datos: bytes) -> str:
    """SHA-256 en hexadecimal."""
    return hashlib.sha256(datos).hexdigest()


# --- La clave del cartel ---------------------------------------------------------------------------------------


def nueva_clave(azar: random.Random) -> str:
    """Seis letras y números sin los que se confunden (I, L, O, 0, 1)."""
    return "".join(azar.choice(ALFABETO_CLAVE) for _ in range(LARGO_CLAVE))


def normalizar_clave(texto: str) -> str | None:
    """Como la escribió una persona -> como está en la base; ``None`` si no puede ser una clave.

    Quita espacios, guiones y acentos, y sube a mayúsculas. I, L, 1, O y 0 no están en ninguna clave.
    """
    return _normalizar(texto, LARGO_CLAVE)


def _normalizar(texto: str, largo: int) -> str | None:
    limpio = "".join(c for c in sin_acentos(texto).upper() if c.isalnum())
    if len(limpio) != largo or any(c not in ALFABETO_CLAVE for c in limpio):
        return None
    return limpio


def nuevo_codigo_de_alta(azar: random.Random) -> str:
    """Con el que se agrega un teléfono: ocho letras y números (39 bits que duran diez minutos)."""
    return "".join(azar.choice(ALFABETO_CLAVE) for _ in range(LARGO_ALTA))


def normalizar_codigo_de_alta(texto: str) -> str | None:
    """Como lo escribió una persona -> como se comprueba; ``None`` si no puede ser un código de alta."""
    return _normalizar(texto, LARGO_ALTA)


def clave_confusa(texto: str) -> bool:
    """¿Trae I, L, O, 0 o 1? Entonces la página puede decir con cuál se confunde."""
    return any(c in _CONFUSAS for c in sin_acentos(texto).upper())


def sin_acentos(texto: str) -> str:
    """Quita acentos y diéresis; la eñe queda en ene."""
    return "".join(c for c in unicodedata.normalize("NFKD", texto) if not unicodedata.combining(c))


# --- El evento y el reloj --------------------------------------------------------------------------------------


def limites(evento: Mapping[str, Any], ahora: datetime) -> tuple[datetime, datetime]:
    """Principio y fin del evento, en la zona horaria de ``ahora``. Si acaba «antes» de empezar, acaba otro día."""
    dia = date.fromisoformat(str(evento["fecha"]))
    inicio = datetime.combine(dia, time.fromisoformat(str(evento["hora_inicio"])), ahora.tzinfo)
    fin = datetime.combine(dia, time.fromisoformat(str(evento["hora_fin"])), ahora.tzinfo)
    return inicio, fin if fin > inicio else fin + timedelta(days=1)


def situacion(evento: Mapping[str, Any], ahora: datetime) -> Situacion:
    """Qué puede hacer quien escanea el cartel a esta hora.

    Abierto: desde 30 minutos antes de empezar, o desde que la titular lo abre, hasta 24 horas después de acabar.
    """
    if evento["estado"] in ("cerrado", "cancelado"):
        return "cerrado" if evento["estado"] == "cerrado" else "cancelado"
    inicio, fin = limites(evento, ahora)
    if ahora > fin + CIERRA_DESPUES:
        return "pasado"
    if evento["estado"] == "abierto" or ahora >= inicio - ABRE_ANTES:
        return "abierto"
    return "futuro"


# --- Folio y token --------------------------------------------------------------------------------------


def _digito_damm(digitos: str) -> str:
    interino = 0
    for digito in digitos:
        interino = int(_DAMM[interino][int(digito)])
    return str(interino)


def nuevo_folio(azar: random.Random) -> str:
    """Ocho dígitos; el último es de control (Damm)."""
    cuerpo = f"{azar.randrange(10**7):07d}"
    return cuerpo + _digito_damm(cuerpo)


def folio_valido(texto: str) -> bool:
    """Ocho dígitos ASCII con su dígito de control."""
    return re.fullmatch(r"[0-9]{8}", texto) is not None and _digito_damm(texto) == "0"


def nuevo_token(azar: random.Random) -> str:
    """El secreto de una credencial: ``J1`` y 28 caracteres base 32 de Crockford (140 bits)."""
    return "J1" + "".join(azar.choice(_CROCKFORD) for _ in range(28))


def token_valido(texto: object) -> bool:
    return isinstance(texto, str) and _TOKEN.fullmatch(texto) is not None


# --- Menores ---------------------------------------------------------------------------------------------------


def menor_de_edad(edad: str | None) -> bool:
    """Los grupos 0-11 y 12-17. Quien no dijo su edad cuenta como persona adulta."""
    return edad in MENORES


def puede_dar_nombre(edad: str | None) -> bool:
    """De una persona menor no se guarda nombre ni teléfono: sólo se cuenta."""
    return not menor_de_edad(edad)


def puede_contestar(instrumento_edad_minima: int | None, edad: str | None, autorizacion_escolar: bool) -> bool:
    """Menos de 12: nunca. De 12 a 17: sólo con autorización de la escuela y si la encuesta no pide más edad."""
    if edad == "0-11":
        return False
    if edad == "12-17":
        return autorizacion_escolar and (instrumento_edad_minima or 0) <= 12
    return True


# --- Cambio entre antes y después ------------------------------------------------------------------------------

# De la mejor respuesta a la peor. «Prefiero no decir» no se compara.
_ESCALAS = {"AT1": "DMA", "AT2": "DMA", "AT3": "DMA", "C1": "SCN"}


def cambio(pregunta: str, correcta: str | None, antes: str, despues: str) -> Literal["mejor", "igual", "peor"] | None:
    """Cómo cambió una respuesta; ``None`` si esa pregunta o esas respuestas no se comparan.

    Donde hay respuesta correcta, ganarla es mejor y perderla es peor; en las de actitud manda la escala.
    """
    if correcta is not None:
        lugares = [int(respuesta != correcta) for respuesta in (antes, despues)]
    elif pregunta in _ESCALAS:
        lugares = [_ESCALAS[pregunta].find(respuesta) for respuesta in (antes, despues)]
    else:
        return None
    if -1 in lugares:
        return None
    if lugares[0] == lugares[1]:
        return "igual"
    return "mejor" if lugares[1] < lugares[0] else "peor"
