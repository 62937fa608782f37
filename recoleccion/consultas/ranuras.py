"""La segunda capa de cada nombre: su sobre, cubierto con la llave de su ranura del cuaderno (``cuaderno_llaves.py``).

Se asigna la ranura en la misma transacción que guarda el nombre; su llave ya estaba asegurada en el disco, así que
recibir no espera al disco otra vez (se le espera una vez cada :data:`.cuaderno_llaves.BLOQUE` nombres). Para borrar de
veras basta escribir encima de la ranura: ni un respaldo viejo, ni la frase, ni el código abren lo que ella cubría.

**Un nombre acusado no se pierde por esto.** Si el cuaderno no se puede usar (falta, es de otra oficina, el disco
falla) el nombre se guarda con la capa de siempre y se cubre después; ``jornada verificar`` y el panel lo dicen fuerte.
Nada se escribe encima de una ranura mientras un renglón la nombre, ni antes de que conste en la base que se borró.
"""

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlite_utils import Database

from ..errores import ErrorJornada
from ..sellado import SobreIlegible
from .conexion import escritura, ruta_de
from .cuaderno_llaves import (
    BLOQUE,
    HUECO,
    RESERVA,
    SIN_DUENA,
    Cuaderno,
    CuadernoInservible,
    abrir,
    crear,
    es_llave,
    huella_borrada,
    lugar,
)

_CONTEXTO = b"jornada/ranura/v1\n"
_NONCE = 12
_NOMBRAN = (
    "SELECT ranura FROM identidad WHERE ranura IS NOT NULL"
    " UNION ALL SELECT ranura FROM evidencia WHERE ranura IS NOT NULL AND quitada_en IS NULL"
    " UNION ALL SELECT ranura FROM hoja_borrador WHERE ranura IS NOT NULL"
    " UNION ALL SELECT ranura FROM cuarentena WHERE ranura IS NOT NULL AND length(bytes) > 0"
    " UNION ALL SELECT ranura FROM solicitud WHERE ranura IS NOT NULL AND sobre IS NOT NULL"
)
"""Las ranuras en uso. Lo demás que haya en ``ranura_borrada`` se puede borrar sin perder nada."""


class NombreBorrado(SobreIlegible):
    """La ranura está borrada: lo que cubría ya no lo abre nadie."""


class SinCuaderno(SobreIlegible):
    """El cuaderno falta o es más corto: con el bueno se vuelve a leer."""


@dataclass(frozen=True)
class Capa:
    """La llave de una ranura; ``llave`` nula: no se pudo tener y las cosas se quedan como vienen."""

    ranura: int | None
    llave: bytes | None = None

    @property
    def sirve(self) -> bool:
        """¿Se puede guardar algo con ella? La de «ninguna» sí: lo deja como viene."""
        return self.ranura is None or (self.llave is not None and es_llave(self.llave))

    def cubrir(self, id: str, sobre: bytes) -> bytes:
        """El sobre cubierto y atado a su id."""
        if self.llave is None:
            return sobre
        nonce = secrets.token_bytes(_NONCE)
        return nonce + AESGCM(self.llave).encrypt(nonce, sobre, _CONTEXTO + id.encode())

    def descubrir(self, id: str, guardado: bytes) -> bytes:
        """:raises SobreIlegible: :class:`NombreBorrado`, :class:`SinCuaderno`, o si no es de esta ranura."""
        if self.ranura is None:
            return guardado
        if self.llave is None or self.llave == HUECO:
            raise SinCuaderno("falta la llave de su ranura")
        if not es_llave(self.llave):
            raise NombreBorrado("se borró")
        try:
            return AESGCM(self.llave).decrypt(guardado[:_NONCE], guardado[_NONCE:], _CONTEXTO + id.encode())
        except (InvalidTag, ValueError) as error:
            raise SobreIlegible("no es de esta ranura") from error


DESCUBIERTA = Capa(None)


def nueva(db: Database) -> Capa:
    """Una ranura nueva para una sola cosa. Dentro de la transacción que la guarda."""
    return nuevas(db, 1)[0]


def nuevas(db: Database, cuantas: int) -> list[Capa]:
    """Tantas ranuras nuevas. Si el cuaderno no se puede usar, capas vacías: lo que se reciba no se pierde."""
    try:
        return _asignar(db, cuantas) if cuantas else []
    except (CuadernoInservible, OSError):
        return [DESCUBIERTA] * cuantas


def _asignar(db: Database, cuantas: int) -> list[Capa]:
    ruta, suyo = _ruta(db), db.execute("SELECT id, marca, siguiente, hechas FROM cuaderno").fetchone()
    siguiente, hechas = suyo["siguiente"], suyo["hechas"]
    if not hechas:
        crear(ruta, suyo["id"], suyo["marca"])
    with abrir(ruta, suyo["id"]) as cuaderno:
        llaves = cuaderno.leer(siguiente, cuantas) if siguiente + cuantas <= hechas else []
        if not llaves or not all(map(es_llave, llaves)):
            hechos = cuaderno.agregar(cuantas + BLOQUE + RESERVA, desde=hechas)
            siguiente, hechas = hechos.start, hechos.stop
            llaves = cuaderno.leer(siguiente, cuantas)
        elif hechas - siguiente - cuantas < RESERVA and cuaderno.ranuras == hechas:
            with suppress(OSError):  # todavía hay de dónde
                hechas = cuaderno.agregar(BLOQUE).stop
    db.execute("UPDATE cuaderno SET siguiente = ?, hechas = ?", [siguiente + cuantas, hechas])
    return [Capa(siguiente + i, llave) for i, llave in enumerate(llaves)]


def leer(db: Database, ranuras: Iterable[int | None]) -> dict[int | None, Capa]:
    """Las capas de estas ranuras, para abrir lo que cubren; también la de «ninguna»."""
    capas: dict[int | None, Capa] = {None: DESCUBIERTA}
    pedidas = sorted({ranura for ranura in ranuras if ranura is not None})
    if not pedidas:
        return capas
    try:
        with _abierto(db, solo_lectura=True) as cuaderno:
            for ranura in pedidas:
                capas[ranura] = Capa(ranura, cuaderno.leer(ranura)[0])
    except (CuadernoInservible, OSError):
        capas |= {ranura: Capa(ranura) for ranura in pedidas if ranura not in capas}
    return capas


def una(db: Database, ranura: int | None) -> Capa:
    """La capa de esa ranura."""
    return leer(db, [ranura])[ranura]


def borrar(db: Database, de_quienes: Iterable[Mapping[str, object]]) -> None:
    """Apunta que estos nombres se borran para siempre. En la misma transacción que quita sus renglones, y antes.

    Lo que se quita sin pasar por aquí (un borrador ya guardado, la versión que no se eligió) lo apunta un disparador
    como suelto: ver :func:`destruir_las_sueltas`. Aquí, además, consta de quién era, para que no vuelva.

    :param de_quienes: ``id`` y ``ranura`` (nula si no llegó a cubrirse: consta sólo en la base).
    """
    for suyo in de_quienes:
        ranura = suyo["ranura"]
        if ranura is None:
            ranura = db.execute("SELECT min(0, coalesce(min(ranura), 0)) - 1 FROM ranura_borrada").fetchone()[0]
        db.execute(
            "INSERT INTO ranura_borrada (ranura, huella, rematada) VALUES (?, ?, ?)"
            " ON CONFLICT (ranura) DO UPDATE SET huella = excluded.huella, rematada = 0",
            [ranura, huella_borrada(str(suyo["id"])), int(suyo["ranura"] is None)],
        )


def destruir_las_sueltas(db: Database) -> None:
    """También lo suelto se borra. Es parte de cada borrado: un borrador viejo puede traer el nombre de quien se borra.

    Antes no, porque lo suelto no se borró por derecho de nadie: si se levanta el respaldo de ayer, se lee.
    """
    db.execute("UPDATE ranura_borrada SET huella = ? WHERE rematada = 0 AND length(huella) = 0", [SIN_DUENA])


def no_vuelven(db: Database, ids: Sequence[str]) -> set[str]:
    """De estos registros, los que ya se borraron: si un teléfono los ofrece otra vez, se cuentan sin decir quién es."""
    if not db.execute("SELECT 1 FROM ranura_borrada WHERE length(huella) > 0 LIMIT 1").fetchone():
        return set()
    busca = "SELECT 1 FROM ranura_borrada WHERE length(huella) > 0 AND huella = ?"
    return {id for id in ids if db.execute(busca, [huella_borrada(id)]).fetchone()}


def rematar(db: Database) -> int:
    """Escribe encima de las ranuras apuntadas, ya fuera de la transacción; cuántas eran. Sin ninguna sólo lee.

    Si el cuaderno no se puede usar, o no hay lugar, quedan apuntadas y :func:`revisar` lo dice. Se puede repetir.
    """
    if db.conn.in_transaction or not _por_rematar(db):
        return 0
    try:
        with escritura(db), _abierto(db) as cuaderno:
            apuntadas = _por_rematar(db)
            vivas = {fila[0] for fila in db.execute(_NOMBRAN)} & set(apuntadas)
            db.conn.executemany("DELETE FROM ranura_borrada WHERE ranura = ?", [[ranura] for ranura in vivas])
            muertas = {ranura: huella for ranura, huella in apuntadas.items() if ranura not in vivas}
            cuaderno.borrar(muertas.items())
            db.conn.executemany(
                "UPDATE ranura_borrada SET rematada = 1 WHERE ranura = ?", [[ranura] for ranura in muertas]
            )
            return len(muertas)
    except (CuadernoInservible, OSError, ErrorJornada):
        return 0


def _por_rematar(db: Database) -> dict[int, bytes]:
    filas = db.execute(
        "SELECT ranura, huella FROM ranura_borrada WHERE rematada = 0 AND ranura >= 0 AND length(huella) > 0"
    )
    return {fila["ranura"]: bytes(fila["huella"]) for fila in filas}


def id_y_marca(db: Database) -> tuple[bytes, bytes]:
    """De qué cuaderno es esta base y la marca que debe llevar."""
    fila = db.execute("SELECT id, marca FROM cuaderno").fetchone()
    return fila["id"], fila["marca"]


def saltar(db: Database) -> None:
    """Al restaurar: lo nuevo va en ranuras que nadie ha usado. Dentro de la transacción de quien llama."""
    db.execute("UPDATE cuaderno SET siguiente = hechas")


def al_empezar(db: Database, *, marcar: bool = False) -> None:
    """Deja la base y el cuaderno de acuerdo. Se llama al arrancar; si no hay nada que hacer, sólo lee.

    Termina de borrar lo que un corte dejó a medias; lo que el cuaderno tiene borrado y la base no sabe (es un respaldo
    viejo) se apunta, y al revés; y cubre lo que se haya guardado descubierto.

    :param marcar: escribe una marca nueva en los dos. Si las de antes no coincidían alguien cambió uno de los dos por
        fuera, y lo nuevo se salta a ranuras sin usar.
    """
    try:
        _ponerse_de_acuerdo(db, marcar)
    except (CuadernoInservible, OSError, ErrorJornada):
        return
    rematar(db)


def _ponerse_de_acuerdo(db: Database, marcar: bool) -> None:
    suyo = db.execute("SELECT marca, hechas FROM cuaderno").fetchone()
    if not suyo["hechas"] and not lugar(ruta_de(db).parent).exists():
        return
    with _abierto(db) as cuaderno:
        # La de la base se confirma antes que la del archivo: un corte en medio se ve como un cambio, y sólo se salta.
        sabidas = {f["ranura"]: f for f in db.execute("SELECT ranura, huella, rematada FROM ranura_borrada")}
        borradas = dict(cuaderno.borradas())
        nuevas_ = {n: huella for n, huella in borradas.items() if n not in sabidas}
        vueltas = [n for n, fila in sabidas.items() if n >= 0 and fila["rematada"] and n not in borradas]
        otra_marca = cuaderno.marca != suyo["marca"]
        if not (nuevas_ or vueltas or otra_marca or marcar):
            return
        marca = secrets.token_bytes(16) if marcar or otra_marca else suyo["marca"]
        with escritura(db):
            for n, huella in nuevas_.items():
                db.execute("INSERT OR IGNORE INTO ranura_borrada VALUES (?, ?, 1)", [n, huella])
            db.conn.executemany("UPDATE ranura_borrada SET rematada = 0 WHERE ranura = ?", [[n] for n in vueltas])
            if otra_marca:
                saltar(db)
            db.execute("UPDATE cuaderno SET marca = ?", [marca])
        if marca != cuaderno.marca:
            cuaderno.marcar(marca)


@contextmanager
def _abierto(db: Database, *, solo_lectura: bool = False) -> Iterator[Cuaderno]:
    """:raises CuadernoInservible: si no se puede usar."""
    id = db.execute("SELECT id FROM cuaderno").fetchone()["id"]
    with abrir(_ruta(db), id, solo_lectura=solo_lectura) as cuaderno:
        yield cuaderno


def _ruta(db: Database) -> Path:
    """:raises CuadernoInservible: una base en memoria no tiene cuaderno."""
    ruta = ruta_de(db)
    if not ruta.name:
        raise CuadernoInservible("una base en memoria no tiene cuaderno")
    return lugar(ruta.parent)


@dataclass(frozen=True)
class Revision:
    """Cómo están la base y su cuaderno.

    ``inservible``: por qué no se puede usar. ``sin_llave``: renglones cuya ranura no está en él. ``danados``: su llave
    no los abre. ``borrados``: después de este respaldo. ``descubiertos``: sólo llevan la capa de la oficina.
    ``por_rematar``: ya no están en la base y un respaldo viejo todavía los abriría.
    """

    inservible: str | None
    cubiertos: int = 0
    sin_llave: int = 0
    danados: int = 0
    borrados: int = 0
    descubiertos: int = 0
    por_rematar: int = 0

    @property
    def bien(self) -> bool:
        return not (self.inservible or self.sin_llave or self.danados or self.descubiertos or self.por_rematar)


def revisar(db: Database) -> Revision:
    """Abre la capa de cada nombre guardado (no lo que hay adentro, que pide la llave de la oficina). No cambia nada."""
    suyo = db.execute("SELECT id, hechas FROM cuaderno").fetchone()
    descubiertos = db.execute("SELECT count(*) FROM identidad WHERE ranura IS NULL").fetchone()[0]
    cuenta = dict.fromkeys(("cubiertos", "sin_llave", "danados", "borrados"), 0)
    inservible = None
    if suyo["hechas"]:
        try:
            abrir(_ruta(db), suyo["id"], solo_lectura=True).archivo.close()
        except CuadernoInservible as error:
            inservible = str(error)
    filas = db.execute("SELECT asistencia_id AS id, sobre, ranura FROM identidad WHERE ranura IS NOT NULL").fetchall()
    capas = leer(db, [fila["ranura"] for fila in filas])
    for fila in filas:
        cuenta[_como_esta(capas[fila["ranura"]], fila)] += 1
    return Revision(inservible, **cuenta, descubiertos=descubiertos, por_rematar=len(_por_rematar(db)))


def _como_esta(capa: Capa, fila: Mapping[str, object]) -> str:
    try:
        capa.descubrir(str(fila["id"]), bytes(fila["sobre"]))  # type: ignore[call-overload]
        return "cubiertos"
    except NombreBorrado:
        return "borrados"
    except SinCuaderno:
        return "sin_llave"
    except SobreIlegible:
        return "danados"


def inservible(db: Database) -> str | None:
    """Por qué no se puede usar el cuaderno, si es así; sin recorrerlo."""
    suyo = db.execute("SELECT id, hechas FROM cuaderno").fetchone()
    if not suyo["hechas"]:
        return None
    try:
        with abrir(_ruta(db), suyo["id"], solo_lectura=True) as cuaderno:
            if cuaderno.ranuras < suyo["hechas"]:
                return "el archivo es más corto de lo que debe"
    except CuadernoInservible as error:
        return str(error)
    return None
