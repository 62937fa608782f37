"""Cambiar la llave de la oficina por otra: todo lo sellado se abre con la de antes y se sella para la nueva.

En dos tiempos. Lo que tarda (abrir y volver a sellar cada nombre y cada foto) se prepara sin detener a nadie: los
sobres nuevos en la memoria, las fotos en una carpeta aparte. Después, en una sola transacción, todo toma su lugar y
queda la llave nueva: si se va la luz, o está la de antes entera o la nueva entera. Una foto cambia de archivo, y su
renglón dice cuál; el que sobre lo borra :func:`.evidencias.barrer`.

La llave de antes no se tira: un teléfono que se preparó ayer va a mandar nombres sellados para ella. Su privada queda
sellada para la nueva; las frases y el código de antes ya no la abren.
"""

import json
import random
import shutil
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from sqlite_utils import Database

from ..errores import ErrorJornada
from ..sellado import (
    INFO_REGISTRO,
    Sello,
    SobreIlegible,
    abrir_identidad,
    b64,
    de_b64,
    nueva_clave_pem,
    resellar_evidencia,
    resellar_identidad,
)
from . import ajustes, bitacora, cuarentena, disco, evidencias, hojas_a_medias, identidades, llave, ranuras, recepcion
from .conexion import escritura, vaciar_bitacora
from .envoltura import Costo, normalizar_codigo, nuevo_codigo

Avisar = Callable[[int, int], object]
"""Cuántos van y de cuántos. Si lanza, no se cambia nada."""
CADA = 50
ALCANZADO = "llave_alcanzada"
"""Ajuste: hasta qué renglón de ``identidad`` (lugar e id) ya se vio que está sellado para la llave de ahora."""


@dataclass(frozen=True)
class Girada:
    """``codigo``: sólo se dice una vez. ``sin_abrir``: lo que la llave de antes tampoco abría, y quedó como estaba."""

    codigo: str
    nombres: int
    fotos: int
    sin_abrir: int


@dataclass
class _Giro:
    """Lo preparado: por id, con qué se preparó y el resultado."""

    db: Database
    vieja: Sello
    nueva: EllipticCurvePublicKey
    carpeta: Path
    avisar: Avisar
    nombres: dict[str, tuple[bytes, bytes]] = field(default_factory=dict)
    fotos: dict[str, tuple[str, Path, dict[str, Any]]] = field(default_factory=dict)
    hechos: int = 0
    total: int = 0
    sin_abrir: int = 0
    puestos: int = 0
    puestas: int = 0

    @property
    def aparte(self) -> Path:
        return aparte(self.carpeta)

    def preparar(self) -> None:
        nombres, fotos = identidades.por_cambiar(self.db), evidencias.por_cambiar(self.db)
        self.total = len(nombres) + len(fotos)
        self.avisar(0, self.total)
        for renglon in nombres:
            with suppress(SobreIlegible):
                self.nombres[renglon["id"]] = (renglon["sobre"], resellado(self.vieja, self.nueva, renglon))
            self._uno_mas()
        for foto in fotos:
            with suppress(SobreIlegible, FileNotFoundError):
                self.fotos[foto["id"]] = self._foto(foto)
            self._uno_mas()
        self.avisar(self.total, self.total)

    def _uno_mas(self) -> None:
        self.hechos += 1
        if self.hechos % CADA == 0:
            self.avisar(self.hechos, self.total)

    def _foto(self, foto: dict[str, Any]) -> tuple[str, Path, dict[str, Any]]:
        """Con qué huella se preparó, dónde está y lo que va en su renglón."""
        sobre = evidencias.leer_sobre(self.carpeta, foto)
        nuevo = self.aparte / evidencias.ruta(self.carpeta, str(uuid.uuid4())).name
        return (
            foto["huella"],
            nuevo,
            evidencias.preparar_sobre(nuevo, foto, resellar_evidencia(self.vieja, self.nueva, foto["id"], sobre)),
        )

    def poner(self) -> None:
        """Todo en su lugar, con la puerta cerrada: lo que llegó o cambió mientras se preparaba se sella aquí."""
        cambiados = []
        for renglon in identidades.por_cambiar(self.db):
            preparado = self.nombres.get(renglon["id"])
            try:
                igual = preparado is not None and preparado[0] == renglon["sobre"]
                cubierto = preparado[1] if preparado and igual else resellado(self.vieja, self.nueva, renglon)
            except SobreIlegible:
                self.sin_abrir += 1
                continue
            cambiados.append((cubierto, renglon["id"]))
        identidades.cambiar(self.db, cambiados)
        self.puestos = len(cambiados)
        for foto in evidencias.por_cambiar(self.db):
            preparada = self.fotos.get(foto["id"])
            if preparada is None or preparada[0] != foto["huella"]:
                try:
                    preparada = self._foto(foto)
                except (SobreIlegible, FileNotFoundError):
                    self.sin_abrir += 1
                    continue
            definitivo = self.carpeta / preparada[1].name
            preparada[1].replace(definitivo)
            evidencias.cambiar_archivo(self.db, foto["id"], definitivo, preparada[2])
            self.puestas += 1
        if self.puestas:
            disco.asegurar_nombres(self.carpeta)  # los nombres, antes que los renglones que los dicen


def resellado(vieja: Sello, nueva: EllipticCurvePublicKey, renglon: Mapping[str, Any]) -> bytes:
    """El nombre de un renglón en un sobre para otra llave, cubierto otra vez con la de su ranura.

    :raises SobreIlegible: si la de antes no lo abre.
    """
    sobre = identidades.leer_sobre(renglon) or b""
    cubierto: bytes = renglon["capa"].cubrir(renglon["id"], resellar_identidad(vieja, nueva, renglon["id"], sobre))
    return cubierto


def alcanzar(db: Database, sello: Sello) -> int:
    """Sella para la llave de ahora lo que un teléfono mandó, después de cambiarla, para una de antes; cuántos eran.

    Se llama al abrir los nombres, que es cuando se puede; cada vez mira sólo lo que llegó desde la anterior.

    :param sello: la llave de la oficina, abierta.
    """
    if not sello.anteriores:
        return 0
    sola, nueva = Sello(sello.privada), sello.privada.public_key()
    with escritura(db):
        tarde, renglones = [], identidades.por_cambiar(db, desde=_visto(db))
        for renglon in renglones:
            with suppress(SobreIlegible):
                sobre = identidades.leer_sobre(renglon) or b""
                try:
                    abrir_identidad(sola, renglon["id"], sobre)
                except SobreIlegible:
                    tarde.append((resellado(sello, nueva, renglon), renglon["id"]))
        identidades.cambiar(db, tarde)
        if renglones:
            ajustes.guardar(db, ALCANZADO, _ultimo(db))
    if tarde:
        vaciar_bitacora(db)  # que los sobres de antes no queden en la WAL
    return len(tarde)


def aparte(carpeta: Path) -> Path:
    """Donde se preparan las fotos: al lado de las de verdad, en el mismo disco."""
    return carpeta.with_name(f"{carpeta.name}.girando")


def limpiar(carpeta: Path) -> None:
    """Lo que haya dejado un cambio que se cortó. Nada de eso lo nombra la base."""
    shutil.rmtree(aparte(carpeta), ignore_errors=True)


def girar(
    db: Database,
    carpeta: Path,
    vieja: Sello,
    frase: str,
    *,
    sello: Sello,
    ahora: datetime,
    quien: str,
    azar: random.Random,
    cuenta_id: str | None = None,
    costo: Costo = llave.COSTO,
    avisar: Avisar = lambda _1, _2: None,
) -> Girada:
    """Pone otra llave en lugar de ``vieja``. La abren esta frase y el código nuevo; a las demás se les vuelve a dar.

    :param carpeta: la de las evidencias. :param sello: el del servidor, para lo apartado.
    :param quien: quien lo anota en la bitácora.
    :raises ErrorJornada: ``frase_corta``, ``llave_no_existe`` si ``vieja`` ya no es la de la oficina.
    """
    frase = llave.exigir_larga(frase)
    llave.id_vigente(db, vieja)
    nueva, codigo, id = Sello.leer(nueva_clave_pem()), nuevo_codigo(azar), str(uuid.uuid4())
    secretos = {llave.suya(db, cuenta_id): frase, llave.CODIGO: normalizar_codigo(codigo) or ""}
    envueltas = [llave.envuelta(nueva, id, por, secreto, ahora, costo) for por, secreto in secretos.items()]
    publica = nueva.privada.public_key()
    giro = _Giro(db, vieja, publica, carpeta, avisar)
    limpiar(carpeta)
    try:
        giro.preparar()
        with escritura(db):
            _retirar(db, llave.id_vigente(db, vieja), vieja, nueva, ahora)
            llave.asentar(db, nueva, id, envueltas, ahora)
            giro.poner()
            hojas_a_medias.resellar(db, vieja, publica)
            _lo_apartado(db, vieja, publica, sello)
            _las_solicitudes(db, vieja, publica)
            ajustes.guardar(db, ALCANZADO, _ultimo(db))
            detalle = f"{giro.puestos} nombres y {giro.puestas} fotos con la llave nueva"
            bitacora.anotar(db, ahora, quien, "cambiar la llave", "llave de la oficina", detalle)
    finally:
        limpiar(carpeta)
    with suppress(ErrorJornada, OSError):  # la llave ya es otra: el código tiene que verse; se barre al arrancar
        evidencias.barrer(db, carpeta)
    vaciar_bitacora(db)  # que las envolturas de antes no queden en la WAL
    return Girada(codigo, giro.puestos, giro.puestas, giro.sin_abrir)


def _ultimo(db: Database) -> str:
    fila = db.execute("SELECT rowid AS lugar, asistencia_id AS id FROM identidad ORDER BY rowid DESC").fetchone()
    return f"{fila['lugar']} {fila['id']}" if fila else ""


def _visto(db: Database) -> int:
    """El lugar hasta donde ya se vio. Si ese nombre se borró, lo que llegó después pudo tomar su lugar: desde cero."""
    lugar, _, id = (ajustes.leer(db, ALCANZADO) or "").partition(" ")
    sigue = db.execute("SELECT 1 FROM identidad WHERE rowid = ? AND asistencia_id = ?", [lugar, id]).fetchone()
    return int(lugar) if sigue else 0


def _lo_apartado(db: Database, vieja: Sello, nueva: EllipticCurvePublicKey, sello: Sello) -> None:
    """Los nombres de la cuarentena, que van dentro de un sobre del servidor. Lo que no se abre no se toca."""
    for fila in cuarentena.guardadas(db):
        registro = recepcion.abrir_guardado(bytes(fila["bytes"]), sello)
        datos = registro.get("datos") if isinstance(registro, dict) else None
        identidad = datos.get("identidad") if isinstance(datos, dict) else None
        if isinstance(identidad, str):
            with suppress(SobreIlegible, ValueError):
                otra = resellar_identidad(vieja, nueva, fila["registro_id"], de_b64(identidad))
                nuevo = {**registro, "datos": {**datos, "identidad": b64(otra)}}
                cuarentena.reescribir(db, fila["id"], sello.sellar(json.dumps(nuevo).encode(), INFO_REGISTRO))


def _las_solicitudes(db: Database, vieja: Sello, nueva: EllipticCurvePublicKey) -> None:
    """Lo que dijo cada quien al pedir sus derechos. Lo que no se abre no se toca."""
    filas = db.execute("SELECT id, sobre, ranura FROM solicitud WHERE sobre IS NOT NULL").fetchall()
    capas = ranuras.leer(db, [fila["ranura"] for fila in filas])
    for fila in filas:
        id, capa = fila["id"], capas[fila["ranura"]]
        with suppress(SobreIlegible):
            otro = resellar_identidad(vieja, nueva, id, capa.descubrir(id, bytes(fila["sobre"])))
            db.execute("UPDATE solicitud SET sobre = ? WHERE id = ?", [capa.cubrir(id, otro), id])


def _retirar(db: Database, id: str, vieja: Sello, nueva: Sello, ahora: datetime) -> None:
    """La de antes y las de más antes quedan selladas para la nueva; las frases y el código ya no abren ninguna."""
    anteriores = {fila["publica"]: fila["id"] for fila in llave.retiradas(db)}
    db.execute("DELETE FROM llave_envoltura WHERE llave_id = ?", [id])
    db.execute("UPDATE llave_oficina SET retirada_en = ? WHERE id = ?", [ahora.isoformat(), id])
    for una in (vieja, *vieja.anteriores):
        suya = anteriores.get(b64(una.publica), id)
        sellada = nueva.sellar(una.der, llave.info_retirada(suya))
        db.execute("UPDATE llave_oficina SET privada_sellada = ? WHERE id = ?", [sellada, suya])
