"""La llave de la oficina: nace con una frase que sólo la titular sabe, y un código en papel por si la olvida.

En la base queda la mitad pública y la privada envuelta varias veces: bajo la frase de cada quien que la puede abrir y
bajo el código. Quien se lleve el disco no tiene ninguna. Cambiarla por otra: ``llave_giro.py``.
"""

import random
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from formularios.ficha import PALABRAS

from ..errores import ErrorJornada
from ..sellado import Sello, SobreIlegible, b64, nueva_clave_pem
from . import identidades, recepcion
from .conexion import compactar, escritura, vaciar_bitacora
from .envoltura import LARGO_FRASE, Costo, desenvolver, envolver, limpiar_frase, normalizar_codigo, nuevo_codigo

FRASE, CODIGO = "frase", "codigo"
"""Bajo qué está envuelta. ``frase`` a secas no es de ninguna cuenta; la de una es ``frase:<su id>``."""
PALABRAS_DE_FRASE = 6
COSTO = Costo()


@dataclass(frozen=True)
class Creada:
    """Lo que sólo se dice una vez. ``sellados``: nombres que estaban en claro y ya no."""

    codigo: str
    sellados: int


def hay(db: Database) -> bool:
    """¿Tiene llave esta oficina?"""
    return identidades.punto(db) is not None


def sugerir_frase(azar: random.Random) -> str:
    """Seis palabras sueltas: 2^40 posibles, que con lo que cuesta cada intento son años."""
    return " ".join(azar.sample(PALABRAS, PALABRAS_DE_FRASE)).lower()


def crear(
    db: Database,
    frase: str,
    *,
    sello: Sello,
    ahora: datetime,
    azar: random.Random,
    costo: Costo = COSTO,
    cuenta_id: str | None = None,
) -> Creada:
    """Hace la llave y sella todos los nombres que hubiera en claro; de ellos no queda rastro en el archivo.

    :param sello: la llave del servidor, para sellar también lo que espera en la cuarentena.
    :param cuenta_id: de quién es la frase; sin ella, de quien la sepa.
    :raises ErrorJornada: ``frase_corta``, ``llave_ya_existe``.
    """
    frase = exigir_larga(frase)
    nueva, codigo = Sello.leer(nueva_clave_pem()), nuevo_codigo(azar)
    id = str(uuid.uuid4())
    secretos = {_por(cuenta_id): frase, CODIGO: normalizar_codigo(codigo) or ""}
    envueltas = [envuelta(nueva, id, por, secreto, ahora, costo) for por, secreto in secretos.items()]
    with escritura(db):
        if hay(db):
            raise ErrorJornada("llave_ya_existe")
        asentar(db, nueva, id, envueltas, ahora)
        llave = nueva.privada.public_key()
        sellados = identidades.sellar_las_claras(db, llave)
        recepcion.sellar_cuarentena(db, llave, sello)
    if sellados:
        compactar(db)
    vaciar_bitacora(db)
    return Creada(codigo, sellados)


def abrir(db: Database, frase: str, cuenta_id: str | None = None) -> Sello | None:
    """La llave privada, si la frase es ésa: la de esta cuenta o la que no es de ninguna. Tarda a propósito.

    :param cuenta_id: sin ella, vale la de cualquiera (en la consola y en las pruebas).
    """
    puestas = [fila["por"] for fila in _envolturas(db) if fila["por"] != CODIGO]
    suyas = [por for por in puestas if cuenta_id is None or por in (FRASE, _por(cuenta_id))]
    limpia = limpiar_frase(frase)
    return next((sello for por in sorted(suyas, reverse=True) if (sello := _abrir(db, por, limpia))), None)


def abrir_con_codigo(db: Database, codigo: str) -> Sello | None:
    """La llave privada con el código de recuperación, como lo escriban."""
    normal = normalizar_codigo(codigo)
    return _abrir(db, CODIGO, normal) if normal else None


def cambiar_frase(
    db: Database, sello: Sello, frase: str, *, ahora: datetime, costo: Costo = COSTO, cuenta_id: str | None = None
) -> None:
    """Otra frase para la misma llave: los sobres no cambian y la anterior deja de servir; la de otras, no.

    :raises ErrorJornada: ``frase_corta``, ``llave_no_existe``.
    """
    _reemplazar(db, sello, suya(db, cuenta_id), exigir_larga(frase), ahora, costo)


def otro_codigo(db: Database, sello: Sello, *, ahora: datetime, azar: random.Random, costo: Costo = COSTO) -> str:
    """Un código de recuperación nuevo; el anterior deja de servir. :raises ErrorJornada: ``llave_no_existe``."""
    codigo = nuevo_codigo(azar)
    _reemplazar(db, sello, CODIGO, normalizar_codigo(codigo) or "", ahora, costo)
    return codigo


# --- Quién la abre ---


def quienes(db: Database) -> list[dict[str, Any]]:
    """Con qué frases se abre: ``por``, ``cuenta_id`` y ``nombre`` (nulos: no es de ninguna), ``activa``, ``desde``."""
    cuentas = {fila["id"]: fila for fila in db.execute("SELECT id, nombre, rol, activa FROM cuenta")}
    salida = []
    for fila in _envolturas(db):
        cuenta = cuentas.get(fila["por"].partition(":")[2])
        if fila["por"] != CODIGO:
            salida.append(
                {
                    "por": fila["por"],
                    "cuenta_id": cuenta["id"] if cuenta else None,
                    "nombre": cuenta["nombre"] if cuenta else None,
                    "activa": cuenta is None or bool(cuenta["activa"] and cuenta["rol"] == "titular"),
                    "desde": fila["cambiada_en"],
                }
            )
    return sorted(salida, key=lambda fila: (fila["desde"], fila["por"]))


def dar(db: Database, sello: Sello, cuenta_id: str, frase: str, *, ahora: datetime, costo: Costo = COSTO) -> None:
    """Otra titular la abre con su propia frase; si ya tenía una, es la nueva.

    :raises ErrorJornada: ``frase_corta``, ``llave_no_existe``.
    """
    _reemplazar(db, sello, _por(cuenta_id), exigir_larga(frase), ahora, costo)


def retirar(db: Database, por: str) -> bool:
    """Esa frase deja de abrirla. ``False`` si ya no estaba.

    :raises ErrorJornada: ``llave_sin_nadie`` si es la única.
    """
    with escritura(db):
        puestas = {fila["por"] for fila in _envolturas(db)} - {CODIGO}
        if por not in puestas:
            return False
        if puestas == {por}:
            raise ErrorJornada("llave_sin_nadie")
        db.execute("DELETE FROM llave_envoltura WHERE por = ?", [por])
    vaciar_bitacora(db)
    return True


def retirar_a(db: Database, cuenta_id: str) -> bool | None:
    """La cuenta que ya no debe entrar tampoco la abre. ``False``: era la única y se queda; ``None``: no la abría."""
    try:
        return retirar(db, _por(cuenta_id)) or None
    except ErrorJornada:
        return False


# --- Cómo se guarda ---


def exigir_larga(frase: str) -> str:
    """La frase, limpia. :raises ErrorJornada: ``frase_corta``."""
    frase = limpiar_frase(frase)
    if len(frase) < LARGO_FRASE:
        raise ErrorJornada("frase_corta", minimo=LARGO_FRASE)
    return frase


def _por(cuenta_id: str | None) -> str:
    return FRASE if cuenta_id is None else f"{FRASE}:{cuenta_id}"


def suya(db: Database, cuenta_id: str | None) -> str:
    """Bajo qué nombre se guarda la frase de esta cuenta."""
    puestas = {fila["por"] for fila in _envolturas(db)}
    por = _por(cuenta_id)
    return FRASE if por not in puestas and FRASE in puestas else por


def _contexto(id: str, publica: str, por: str) -> str:
    return f"jornada/llave/v1\n{id}\n{publica}\n{por}"


def envuelta(sello: Sello, id: str, por: str, secreto: str, ahora: datetime, costo: Costo) -> dict[str, object]:
    """Un renglón de ``llave_envoltura``: la privada bajo este secreto. Tarda a propósito."""
    parametros, cifrada = envolver(sello.der, secreto, _contexto(id, b64(sello.publica), por), costo)
    return {"llave": id, "por": por, "parametros": parametros, "cifrada": cifrada, "hoy": ahora.isoformat()}


def asentar(db: Database, nueva: Sello, id: str, envueltas: list[dict[str, object]], ahora: datetime) -> None:
    """Guarda la llave nueva y sus envolturas. Dentro de una transacción."""
    db.execute(
        "INSERT INTO llave_oficina (id, publica, creada_en) VALUES (?, ?, ?)",
        [id, b64(nueva.publica), ahora.isoformat()],
    )
    for fila in envueltas:
        _guardar(db, fila)


def _guardar(db: Database, fila: dict[str, object]) -> None:
    db.execute(
        "INSERT INTO llave_envoltura (llave_id, por, parametros, cifrada, cambiada_en)"
        " VALUES (:llave, :por, :parametros, :cifrada, :hoy) ON CONFLICT (llave_id, por) DO UPDATE"
        " SET parametros = excluded.parametros, cifrada = excluded.cifrada, cambiada_en = excluded.cambiada_en",
        fila,
    )


def _reemplazar(db: Database, sello: Sello, por: str, secreto: str, ahora: datetime, costo: Costo) -> None:
    fila = envuelta(sello, id_vigente(db, sello), por, secreto, ahora, costo)
    with escritura(db):
        id_vigente(db, sello)  # mientras se envolvía pudo cambiarse
        _guardar(db, fila)
    vaciar_bitacora(db)  # que la envoltura anterior no quede en la WAL


def id_vigente(db: Database, sello: Sello) -> str:
    """El id de la llave de la oficina, que debe ser ésta. :raises ErrorJornada: ``llave_no_existe``."""
    actual = db.execute(
        "SELECT id FROM llave_oficina WHERE publica = ? AND retirada_en IS NULL", [b64(sello.publica)]
    ).fetchone()
    if actual is None:
        raise ErrorJornada("llave_no_existe")
    return str(actual["id"])


def _envolturas(db: Database) -> list[Any]:
    return db.execute(
        "SELECT l.id, l.publica, e.por, e.parametros, e.cifrada, e.cambiada_en FROM llave_oficina l"
        " JOIN llave_envoltura e ON e.llave_id = l.id WHERE l.retirada_en IS NULL ORDER BY e.por"
    ).fetchall()


def _abrir(db: Database, por: str, secreto: str) -> Sello | None:
    fila = next((fila for fila in _envolturas(db) if fila["por"] == por), None)
    if fila is None:
        return None
    der = desenvolver(fila["parametros"], bytes(fila["cifrada"]), secreto, _contexto(fila["id"], fila["publica"], por))
    if der is None:
        return None
    vigente = Sello.leer_der(der)
    return Sello(vigente.privada, tuple(_anteriores(db, vigente)))


def _anteriores(db: Database, vigente: Sello) -> list[Sello]:
    """Las que ésta reemplazó, de la última a la primera: abren lo que se selló antes y llegó después."""
    salida = []
    for fila in retiradas(db):
        try:
            salida.append(Sello.leer_der(vigente.abrir(bytes(fila["privada_sellada"]), info_retirada(fila["id"]))))
        except SobreIlegible:
            continue  # alguien lo alteró: lo demás se abre igual
    return salida


def retiradas(db: Database) -> list[Any]:
    """``id``, ``publica`` y ``privada_sellada`` de las llaves que se cambiaron; la última primero."""
    return db.execute(
        "SELECT id, publica, privada_sellada, retirada_en FROM llave_oficina"
        " WHERE privada_sellada IS NOT NULL ORDER BY retirada_en DESC, id"
    ).fetchall()


def info_retirada(id: str) -> bytes:
    """El ``info`` con que se sella la privada de una llave que se cambió: la de otra no sirve en su lugar."""
    return b"jornada/llave/retirada/v1\n" + id.encode()
