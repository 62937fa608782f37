"""La puerta de los registros: lo mismo para un lote del teléfono que para la página de una asistente.

Se confirma antes de contestar, en una sola transacción; cada registro en su punto de guardado, para que uno malo no
eche a perder a los demás. De una contestación no queda nada que la acerque a un teléfono, a una hora o a una persona.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from formularios import contestar
from formularios.instrumento import Instrumento

from .. import reglas
from ..errores import ErrorJornada
from ..protocolo import decision, lectura_json
from ..protocolo.registro import VERSION, Registro
from ..sellado import INFO_REGISTRO, Sello, SobreIlegible, de_b64
from . import ajustes, credenciales, cuarentena, firmas, identidades, instrumentos, memoria, ranuras, saludo, urna
from .conexion import escritura

MAX_REGISTROS = 500
MAX_BYTES = 1_000_000
_RECIBIDO = "INSERT INTO recibido (id, huella) VALUES (:id, :huella)"
_ASISTENCIA = (
    "INSERT INTO asistencia (id, evento_id, modo, sexo, edad, procedencia, personas, aviso_version,"
    " credencial_id, dispositivo_id, hora_dispositivo, sesgo_ms, recibido_en, hoja_id, promotora_id)"
    " VALUES (:id, :evento, :modo, :sexo, :edad, :procedencia, :personas, :aviso,"
    " :credencial_id, :dispositivo, :hora, :sesgo, :ahora, :hoja,"
    " (SELECT id FROM cuenta WHERE id = :promotora AND activa = 1))"  # si no la hay, el registro vale igual
)
_ANULACION = (
    "INSERT INTO anulacion (id, registro_id, evento_id, dispositivo_id, hora_dispositivo, sesgo_ms, recibido_en,"
    " promotora_id) VALUES (:id, :registro, :evento, :dispositivo, :hora, :sesgo, :ahora,"
    " (SELECT id FROM cuenta WHERE id = :promotora AND activa = 1))"
)
_MALOS = (
    sqlite3.IntegrityError, sqlite3.InterfaceError, sqlite3.ProgrammingError,
    ValueError, TypeError, KeyError, OverflowError, RecursionError,
)  # fmt: skip
"""Lo que puede provocar el contenido de un registro; lo del disco o de la base pasa de largo."""


def recibir_lote(
    db: Database, cuerpo: bytes, *, dispositivo_id: str | None, sello: Sello, ahora: datetime
) -> dict[str, Any]:
    """Guarda un lote y devuelve el acuse, un veredicto por registro y en su orden.

    Lo que no consta quién hizo, o hizo un teléfono dado de baja, se retiene: nada se rechaza y se olvida.

    :raises ErrorJornada: ``lote_ilegible`` o ``lote_grande`` si el cuerpo no es un lote, y los del disco: entonces
        no se guardó nada y no se acusa nada.
    """
    lote = _leer_lote(cuerpo)
    autores = firmas.autores(db, lote["registros"], dispositivo_id)  # esto y abrir, antes de tomar el candado
    llegados = [
        _abrir_registro(sellado, sello, autor) for sellado, autor in zip(lote["registros"], autores, strict=True)
    ]
    with escritura(db):
        veredictos = _tomar(db, llegados, sello, ahora)
        acuses = [_acuse(llegado.abierto.id, suyo) for llegado, suyo in zip(llegados, veredictos, strict=True)]
        if dispositivo_id is not None:
            saludo.anotar(db, dispositivo_id, lote, len(acuses), ahora)
        epoca = ajustes.leer(db, "epoca")
    return {"version": VERSION, "epoca": epoca, "hora_servidor": ahora.isoformat(), "acuses": acuses}


def registrar_en_linea(db: Database, registro: dict[str, Any], *, sello: Sello, ahora: datetime) -> decision.Estado:
    """Guarda el registro de una página; mandarlo dos veces es un solo registro."""
    return tomar_en_linea(db, registro, sello=sello, ahora=ahora).estado


def tomar_en_linea(
    db: Database,
    registro: dict[str, Any],
    *,
    sello: Sello,
    ahora: datetime,
    dispositivo_id: str | None = None,
    objecion: str | None = None,
) -> decision.Veredicto:
    """Un registro que llega sin sobre: de una página, o del teléfono ``dispositivo_id`` con otra aplicación.

    :param objecion: por qué no se le cree al teléfono (``dispositivo_revocado``): entonces se retiene.
    """
    return tomar_juntos(db, [registro], sello=sello, ahora=ahora, dispositivo_id=dispositivo_id, objecion=objecion)[0]


def tomar_juntos(
    db: Database,
    registros: Sequence[dict[str, Any]],
    *,
    sello: Sello,
    ahora: datetime,
    dispositivo_id: str | None = None,
    hoja_id: str | None = None,
    objecion: str | None = None,
) -> list[decision.Veredicto]:
    """Varios (alguno) de un solo evento, como los renglones de la hoja de papel ``hoja_id``, en una sola transacción.

    La huella no mira la hora, que en un reintento es otra. Lo que se retiene va a la cuarentena sellado.
    """
    with escritura(db):
        llave, llegados = identidades.llave_publica(db), []
        for registro in registros:
            hecho = {campo: valor for campo, valor in registro.items() if campo not in ("hora", "sesgo_ms")}
            canonico = reglas.json_canonico(hecho)
            huella = memoria.huella(db, registro.get("evento"), canonico)
            cerrado = identidades.sellar_registro(llave, hecho, registro.get("id"))
            crudo = canonico if cerrado is hecho else reglas.json_canonico(cerrado)
            abierto = decision.Abierto(registro.get("id"), huella, {**registro, **cerrado}, objecion)
            llegados.append(_Llegado(abierto, crudo, False, dispositivo_id, hoja_id))
        veredictos = _tomar(db, llegados, sello, ahora)
        memoria.olvidar_si_ya_cerro(db, registros[0].get("evento"))
        return veredictos


def reintentar(db: Database, ids: Sequence[str], *, sello: Sello, ahora: datetime) -> list[decision.Estado]:
    """Vuelve a tomar lo que espera en la cuarentena, por si ahora sí se puede; lo que se acepta deja de esperar.

    Lo pide la titular: lo que esperaba por venir de un teléfono dado de baja, o sin firma buena, así se acepta; y lo
    que ella tenga ya descartado con el mismo número no estorba.

    :param ids: los renglones de la cuarentena; lo ya resuelto, o que no existe, se pasa por alto.
    :returns: el estado nuevo de cada uno de los que esperaban.
    """
    with escritura(db):
        esperan = cuarentena.pendientes(db, ids)
        buenos = [_de_la_cuarentena(fila, sello) for fila in esperan if reglas.id_valido(fila["registro_id"])]
        veredictos = _tomar(db, buenos, sello, ahora, de_la_titular=True)
        return [veredicto.estado for veredicto in veredictos] + ["retenido"] * (len(esperan) - len(buenos))


def _de_la_cuarentena(fila: Mapping[str, Any], sello: Sello) -> "_Llegado":
    crudo = bytes(fila["bytes"])
    abierto = decision.Abierto(fila["registro_id"], fila["huella"], abrir_guardado(crudo, sello))
    return _Llegado(abierto, crudo, sellado=True, dispositivo_id=fila["dispositivo_id"])


def abrir_guardado(crudo: bytes, sello: Sello) -> object | None:
    """Lo que dice un registro de la cuarentena, que guarda el texto del sobre o el sobre que hizo el servidor."""
    contenido = _bytes_del_sobre(crudo.decode("latin-1"))
    return _abrir(contenido if contenido is not None else crudo, sello)


@dataclass(frozen=True)
class _Llegado:
    """Un registro que llegó y los bytes suyos que irían a la cuarentena; ``sellado``: ya vienen cifrados.

    :ivar dispositivo_id: el teléfono que lo hizo, que no siempre es el que lo manda.
    """

    abierto: decision.Abierto
    crudo: bytes
    sellado: bool
    dispositivo_id: str | None = None
    hoja_id: str | None = None


def _tomar(
    db: Database, llegados: list[_Llegado], sello: Sello, ahora: datetime, *, de_la_titular: bool = False
) -> list[decision.Veredicto]:
    """Todos en un solo punto de guardado, que es lo rápido; si uno lo echa a perder, cada uno en el suyo."""
    try:
        with escritura(db):
            entrada = _Entrada(db, sello, ahora, llegados, de_la_titular=de_la_titular)
            veredictos = [entrada.tomar(llegado) for llegado in llegados]
            entrada.escribir_juntos()
            return veredictos
    except _MALOS:
        entrada = _Entrada(db, sello, ahora, llegados, de_la_titular=de_la_titular, de_uno_en_uno=True)
        return [entrada.tomar(llegado) for llegado in llegados]


class _Entrada:
    """Lo que comparten los registros de un lote: qué conoce este servidor."""

    def __init__(
        self,
        db: Database,
        sello: Sello,
        ahora: datetime,
        llegados: list[_Llegado],
        *,
        de_la_titular: bool,
        de_uno_en_uno: bool = False,
    ) -> None:
        self.db, self.sello, self.ahora, self.de_uno_en_uno = db, sello, ahora, de_uno_en_uno
        self._recibido_en, self.llave = ahora.isoformat(), identidades.llave_publica(db)
        self._juntos: dict[str, list[dict[str, Any]]] = {}
        self._identidades: list[dict[str, Any]] = []
        ids = [_numero(llegado.abierto.id) for llegado in llegados]
        self.huellas = memoria.huellas(db, ids)
        self.esperan, resueltos = cuarentena.conocidos(db, ids)
        self.resolucion = "La titular lo aceptó." if de_la_titular else "Se volvió a enviar y se guardó."
        self.resueltos = {} if de_la_titular else resueltos
        self.eventos = _eventos(db, llegados)
        self.contexto = decision.Contexto(
            eventos=self.eventos.keys(),
            avisos={f["version"] for f in db.execute("SELECT version FROM aviso")},
            instrumentos={(f["clave"], f["version"]) for f in db.execute("SELECT clave, version FROM instrumento")},
        )
        self._modelos: dict[tuple[str, int], Instrumento] = {}

    def tomar(self, llegado: _Llegado) -> decision.Veredicto:
        """Decide y guarda: en su tabla, o en la cuarentena."""
        id = _numero(llegado.abierto.id)
        veredicto = decision.decidir(llegado.abierto, self.huellas.get(id), self.contexto, self.resueltos.get(id, ()))
        if veredicto.registro is not None:
            veredicto = self._guardar(veredicto.registro, llegado)
        if veredicto.estado in ("conflicto", "retenido"):
            self._apartar(llegado, veredicto.codigo or "")
        return veredicto

    def _guardar(self, registro: Registro, llegado: _Llegado) -> decision.Veredicto:
        if not self.de_uno_en_uno:
            return self._asentar_y_recordar(registro, llegado)
        try:
            with escritura(self.db):
                return self._asentar_y_recordar(registro, llegado)
        except _MALOS:
            return decision.Veredicto("retenido", "no_se_guardo")

    def _asentar_y_recordar(self, registro: Registro, llegado: _Llegado) -> decision.Veredicto:
        huella = llegado.abierto.huella
        veredicto = self._asentar(registro, llegado)
        if veredicto.estado == "aceptado":
            self._escribir(_RECIBIDO, {"id": registro.id, "huella": huella})
            if registro.id in self.esperan:
                cuarentena.ya_se_acepto(self.db, registro.id, huella, self.ahora, self.resolucion)
            self.huellas[registro.id] = huella
        return veredicto

    def _escribir(self, insercion: str, fila: dict[str, Any]) -> None:
        """Ahora, o al final con las de su tabla: de una en una, la mitad del tiempo se va en llamar a SQLite."""
        if self.de_uno_en_uno:
            self.db.execute(insercion, fila)
        else:
            self._juntos.setdefault(insercion, []).append(fila)

    def escribir_juntos(self) -> None:
        for insercion, filas in self._juntos.items():
            self.db.conn.executemany(insercion, filas)
        identidades.guardar(self.db, self._identidades)

    def _asentar(self, registro: Registro, llegado: _Llegado) -> decision.Veredicto:
        if registro.tipo == "contestacion":
            return self._contestacion(registro)
        captura = self._captura(registro, llegado)
        if registro.tipo == "anulacion":
            self._escribir(_ANULACION, {**registro.datos, **captura})
        else:
            self._asistencia(registro, captura)
        return decision.Veredicto("aceptado")

    def _contestacion(self, registro: Registro) -> decision.Veredicto:
        """Vuelve a validar con el instrumento entero: el tema del evento pudo cambiar después de prepararlo."""
        clave, version = registro.datos["instrumento"], registro.datos["version"]
        if (clave, version) not in self._modelos:
            self._modelos[clave, version] = instrumentos.leer(self.db, clave, version)
        modelo, evento = self._modelos[clave, version], self.eventos[registro.evento]
        datos = dict(registro.datos["respuestas"])
        if registro.datos["ficha"] is not None:
            datos["ficha"] = [registro.datos["ficha"]]
        # Ni de dónde llegó se guarda: lo que es solo de teléfonos de la oficina ya se quitó en la página.
        validacion = contestar.validar(modelo, datos, ahora=self.ahora, personal=None)
        if validacion.errores:
            return decision.Veredicto("retenido", "contestacion_invalida")
        if not reglas.puede_contestar(modelo.edad_minima, validacion.edad, bool(evento["autorizacion_escolar"])):
            return decision.Veredicto("aceptado", "solo_se_cuenta")
        if validacion.respuestas or validacion.textos:
            urna.echar(self.db, registro.evento, clave, version, validacion, self.sello)
        return decision.Veredicto("aceptado")

    def _asistencia(self, registro: Registro, captura: dict[str, Any]) -> None:
        datos, evento = registro.datos, self.eventos[registro.evento]
        credencial_id = credenciales.reconocer(self.db, datos["credencial"], datos) if datos["credencial"] else None
        self._escribir(_ASISTENCIA, {**datos, **captura, "credencial_id": credencial_id})
        if (identidad := identidades.fila(self.llave, registro.id, datos, evento)) is not None:
            self._identidades.append(identidad)
            if self.de_uno_en_uno:
                identidades.guardar(self.db, [self._identidades.pop()])

    def _captura(self, registro: Registro, llegado: _Llegado) -> dict[str, Any]:
        return {
            "id": registro.id,
            "evento": registro.evento,
            "dispositivo": llegado.dispositivo_id,
            "hoja": llegado.hoja_id,
            "hora": registro.hora,
            "sesgo": registro.sesgo_ms,
            "ahora": self._recibido_en,
            "promotora": registro.promotora,
        }

    def _apartar(self, llegado: _Llegado, codigo: str) -> None:
        """A la cuarentena, siempre sellado. El teléfono sólo se anota si consta que no es una contestación."""
        abierto = llegado.abierto
        self.esperan.add(_numero(abierto.id))
        tipo = abierto.registro.get("tipo") if isinstance(abierto.registro, Mapping) else None
        consta = isinstance(tipo, str) and tipo in ("asistencia", "conteo", "anulacion")
        borrada = bool(ranuras.no_vuelven(self.db, [_numero(abierto.id)]))
        cuarentena.guardar(
            self.db, registro_id=_numero(abierto.id), huella=abierto.huella, codigo=codigo,
            contenido=_por_apartar(llegado, self.llave, self.sello, borrada), dia=self.ahora.date().isoformat(),
            dispositivo_id=llegado.dispositivo_id if consta else None, es_contestacion=tipo == "contestacion",
        )  # fmt: skip


def _numero(id: object) -> str:
    """Con qué número se busca y se aparta: el suyo, o lo que haya venido en su lugar, escrito en JSON."""
    return id if isinstance(id, str) and reglas.id_valido(id) else json.dumps(id)[:200]


def _por_apartar(llegado: _Llegado, llave: EllipticCurvePublicKey | None, sello: Sello, borrada: bool = False) -> bytes:
    """Como llegó, sellado. Un nombre a la vista se sella; el que ya se borró (``borrada``) se quita."""
    dicho, id = llegado.abierto.registro, llegado.abierto.id
    cerrado = identidades.sin_identidad(dicho) if borrada else identidades.sellar_registro(llave, dicho, id)
    if cerrado is not dicho:
        return sello.sellar(json.dumps(cerrado).encode(), INFO_REGISTRO)
    return llegado.crudo if llegado.sellado else sello.sellar(llegado.crudo, INFO_REGISTRO)


def sellar_cuarentena(db: Database, llave: EllipticCurvePublicKey, sello: Sello) -> None:
    """Lo que se apartó antes de que hubiera llave de la oficina queda con el nombre sellado; lo demás no se toca."""
    for fila in cuarentena.guardadas(db):
        llegado = _de_la_cuarentena(fila, sello)
        contenido = _por_apartar(llegado, llave, sello)
        if contenido != llegado.crudo:
            cuarentena.reescribir(db, fila["id"], contenido)


def _eventos(db: Database, llegados: list[_Llegado]) -> dict[str, dict[str, Any]]:
    """Los eventos que nombran estos registros y que aquí existen."""
    registros = [llegado.abierto.registro for llegado in llegados]
    nombrados = {r["evento"] for r in registros if isinstance(r, Mapping) and isinstance(r.get("evento"), str)}
    filas = db.execute(
        "SELECT id, pide_nombre, pide_telefono, autorizacion_escolar FROM evento"
        " WHERE id IN (SELECT value FROM json_each(?))",
        [json.dumps(sorted(nombrados))],
    )
    return {fila["id"]: dict(fila) for fila in filas}


def _acuse(id: object, veredicto: decision.Veredicto) -> dict[str, Any]:
    mensaje = decision.MENSAJES[veredicto.codigo] if veredicto.codigo else None
    return {"id": id, "estado": veredicto.estado, "codigo": veredicto.codigo, "mensaje": mensaje}


def _abrir_registro(sellado: object, sello: Sello, autor: firmas.Autor) -> _Llegado:
    """Un elemento de ``registros``, sea lo que sea. Lo que no trae un sobre se guardará sellado por el servidor."""
    id = sellado.get("id") if isinstance(sellado, Mapping) else None
    texto = sellado.get("sobre") if isinstance(sellado, Mapping) else None
    contenido = _bytes_del_sobre(texto)
    crudo = str(texto).encode() if contenido is not None else json.dumps(sellado, sort_keys=True).encode()
    abierto = decision.Abierto(id, reglas.huella(crudo), _abrir(contenido, sello), autor.objecion)
    return _Llegado(abierto, crudo, sellado=contenido is not None, dispositivo_id=autor.dispositivo_id)


def _leer_lote(cuerpo: bytes) -> dict[str, Any]:
    """:raises ErrorJornada: ``lote_grande``, ``lote_ilegible``."""
    if len(cuerpo) > MAX_BYTES:
        raise ErrorJornada("lote_grande")
    try:
        lote = lectura_json.leer(cuerpo, finitos=True)
    except ValueError as error:
        raise ErrorJornada("lote_ilegible") from error
    if not isinstance(lote, dict) or lote.get("version") != VERSION or not isinstance(lote.get("registros"), list):
        raise ErrorJornada("lote_ilegible")
    if len(lote["registros"]) > MAX_REGISTROS:
        raise ErrorJornada("lote_grande")
    return lote


def _bytes_del_sobre(texto: object) -> bytes | None:
    """Los bytes de un sobre base64 url; ``None`` si no lo es."""
    if not isinstance(texto, str) or not texto.isascii():
        return None
    try:
        return de_b64(texto) or None
    except ValueError:
        return None


def _abrir(contenido: bytes | None, sello: Sello) -> object | None:
    """Lo que hay en el sobre; ``None`` si no se puede abrir o adentro no hay JSON."""
    if contenido is None:
        return None
    try:
        return lectura_json.leer(sello.abrir(contenido, INFO_REGISTRO)) or {}
    except (SobreIlegible, ValueError):
        return None
