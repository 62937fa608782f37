"""Los eventos: qué se hizo, dónde y cuándo, con qué encuestas y con qué clave en el cartel."""

import json
import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from .. import reglas
from ..errores import ErrorJornada
from ..sellado import Sello
from . import instrumentos, memoria, poa, urna
from .conexion import escritura, vaciar_bitacora

COLUMNAS_DATOS = (
    "titulo", "tipo", "tema", "fecha", "hora_inicio", "hora_fin", "sede", "localidad", "zona", "programa",
    "efemeride", "pide_nombre", "pide_telefono", "pide_procedencia", "autorizacion_escolar", "serie_id",
    "facilitadora", "avisa_fotos",
)  # fmt: skip
_BOOLEANAS = {
    "pide_nombre": 1, "pide_telefono": 0, "pide_procedencia": 1, "autorizacion_escolar": 0, "avisa_fotos": 0,
}  # fmt: skip
_OPCIONALES = {"efemeride", "serie_id", "facilitadora"}
_OTRAS = ("estado", "creado_en", "abierto_en", "cerrado_en", "revision")
_COLUMNAS = ", ".join(f"e.{c}" for c in ("id", *COLUMNAS_DATOS, *_OTRAS))
_EVENTO = (
    f"SELECT {_COLUMNAS}, (SELECT k.clave FROM evento_clave k WHERE k.evento_id = e.id AND k.revocada_en IS NULL"  # noqa: S608
    " ORDER BY k.creada_en DESC LIMIT 1) AS clave FROM evento e"
)


def crear(
    db: Database, datos: Mapping[str, Any], ahora: datetime, azar: random.Random, *, id: str | None = None
) -> str:
    """Crea el evento con su clave y devuelve su id.

    Con un ``id`` que ya existe no hace nada: mandarlo dos veces es una.

    :param datos: las :data:`COLUMNAS_DATOS`, más ``lineas`` (claves del POA), ``instituciones`` (ids del directorio) y
        ``encuestas``, en su orden (claves, pares clave y versión, o ``{"instrumento", "version", "por_pantalla"}``);
        horas como ``16:00``, fecha como ``2026-11-25``.
    :raises ErrorJornada: ``evento_datos``, ``linea_desconocida``, ``instrumento_no_existe``, ``institucion_no_existe``.
    """
    id = id or reglas.nuevo_id(azar)
    fila = {"id": id, **_fila(datos, {}), "creado_en": ahora.isoformat()}
    with escritura(db):
        if db.execute("SELECT 1 FROM evento WHERE id = ?", [id]).fetchone():
            return id
        db.execute(
            f"INSERT INTO evento ({', '.join(fila)}) VALUES ({', '.join(f':{c}' for c in fila)})",  # noqa: S608
            fila,
        )
        _guardar_listas(db, id, fila, datos)
        _poner_clave(db, id, ahora, azar)
    return id


def actualizar(db: Database, id: str, datos: Mapping[str, Any], *, revision: int | None = None) -> None:
    """Cambia lo que venga en ``datos``; lo demás queda igual.

    :param revision: la que tenía el evento cuando quien edita lo vio; sin ella no se compara.
    :raises ErrorJornada: ``cambio_de_otra_persona`` si ya es otra, y los de :func:`crear`.
    """
    with escritura(db):
        anterior = _exigir(db, id)
        if revision not in (None, anterior["revision"]):
            raise ErrorJornada("cambio_de_otra_persona")
        fila = _fila(datos, anterior)
        db.execute(
            f"UPDATE evento SET {', '.join(f'{c} = :{c}' for c in fila)}, revision = revision + 1 WHERE id = :id",  # noqa: S608
            {**fila, "id": id},
        )
        _guardar_listas(db, id, fila, {"lineas": anterior["lineas"], **datos})  # otra fecha puede ser de otro ejercicio


def leer(db: Database, id: str) -> dict[str, Any] | None:
    """El evento con ``clave`` (la vigente), ``lineas`` (claves), ``encuestas`` e ``instituciones`` (ids).

    De cada encuesta: ``instrumento``, ``version``, ``titulo`` y ``por_pantalla`` (una pregunta por pantalla).
    """
    fila = db.execute(f"{_EVENTO} WHERE e.id = ?", [id]).fetchone()
    return con_listas(db, [dict(fila)])[0] if fila else None


def listar(
    db: Database, desde: str | None = None, hasta: str | None = None, texto: str | None = None
) -> list[dict[str, Any]]:
    """Los eventos entre dos fechas ISO (incluidas), por fecha y hora, cada uno como en :func:`leer`.

    ``texto`` se busca en título, sede y clave, sin fijarse en acentos ni mayúsculas.
    """
    return con_listas(db, buscar(db, desde, hasta, texto))


def buscar(
    db: Database,
    desde: str | None = None,
    hasta: str | None = None,
    texto: str | None = None,
    *,
    linea: str | None = None,
    serie: str | None = None,
    sin_cancelados: bool = False,
) -> list[dict[str, Any]]:
    """Como :func:`listar`, sin las listas de cada evento: para enseñar muchos.

    ``linea`` y ``serie``: sólo los de esa línea del POA, los de esa serie.
    """
    filas = db.execute(
        f"SELECT * FROM ({_EVENTO}) v WHERE (:desde IS NULL OR fecha >= :desde) AND (:hasta IS NULL OR fecha <= :hasta)"  # noqa: S608
        " AND (:linea IS NULL OR EXISTS (SELECT 1 FROM evento_linea l WHERE l.evento_id = v.id AND l.linea = :linea))"
        " AND (:serie IS NULL OR serie_id = :serie) AND (NOT :sin_cancelados OR estado <> 'cancelado')"
        " ORDER BY fecha, hora_inicio, titulo, id",
        {"desde": desde, "hasta": hasta, "linea": linea, "serie": serie, "sin_cancelados": sin_cancelados},
    ).fetchall()
    buscado = reglas.sin_acentos(texto or "").strip().casefold()
    return [dict(fila) for fila in filas if not buscado or buscado in _buscable(fila)]


def _buscable(fila: Mapping[str, Any]) -> str:
    return reglas.sin_acentos("\n".join(str(fila[c]) for c in ("titulo", "sede", "clave"))).casefold()


def con_listas(db: Database, eventos: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Los eventos con ``lineas``, ``encuestas`` e ``instituciones``: tres consultas, sean uno o mil."""
    lineas, encuestas, instituciones = (
        _por_evento(db, consulta, eventos)
        for consulta in (
            "SELECT evento_id, linea FROM evento_linea WHERE evento_id IN (SELECT value FROM json_each(?)) ORDER BY 2",
            "SELECT x.evento_id, x.instrumento, x.version, i.titulo, x.por_pantalla FROM evento_encuesta x"
            " JOIN instrumento i ON i.clave = x.instrumento AND i.version = x.version"
            " WHERE x.evento_id IN (SELECT value FROM json_each(?)) ORDER BY x.orden",
            "SELECT x.evento_id, x.institucion_id FROM evento_institucion x JOIN institucion i ON i.id ="
            " x.institucion_id WHERE x.evento_id IN (SELECT value FROM json_each(?)) ORDER BY i.orden, i.nombre, i.id",
        )
    )
    return [
        evento
        | {
            "lineas": [linea for (linea,) in lineas.get(evento["id"], ())],
            "encuestas": [
                {"instrumento": clave, "version": version, "titulo": titulo, "por_pantalla": bool(por_pantalla)}
                for clave, version, titulo, por_pantalla in encuestas.get(evento["id"], ())
            ],
            "instituciones": [institucion for (institucion,) in instituciones.get(evento["id"], ())],
        }
        for evento in eventos
    ]


def _por_evento(db: Database, consulta: str, eventos: Sequence[Mapping[str, Any]]) -> dict[str, list[tuple[Any, ...]]]:
    filas: dict[str, list[tuple[Any, ...]]] = {}
    for evento_id, *resto in db.execute(consulta, [json.dumps([evento["id"] for evento in eventos])]):
        filas.setdefault(evento_id, []).append(tuple(resto))
    return filas


def usadas(db: Database, cuantas: int = 40) -> dict[str, list[str]]:
    """Las sedes y quienes han facilitado, lo más reciente primero: para no escribirlas cada vez de otro modo."""
    return {
        columna: [
            fila[0]
            for fila in db.execute(
                f"SELECT {columna} FROM evento WHERE {columna} IS NOT NULL GROUP BY 1 ORDER BY max(fecha) DESC LIMIT ?",  # noqa: S608
                [cuantas],
            )
        ]
        for columna in ("sede", "facilitadora")
    }


def encimados(db: Database, evento: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Los demás de ese día, sin los cancelados, a horas que se cruzan con las suyas.

    En la misma sede (``por`` dice ``sede``) o, en otra, con quien facilita (``facilitadora``).
    """
    hallados = []
    for otro in buscar(db, evento["fecha"], evento["fecha"], sin_cancelados=True):
        se_cruzan = evento["hora_inicio"] < otro["hora_fin"] and otro["hora_inicio"] < evento["hora_fin"]
        por = [c for c in ("sede", "facilitadora") if evento.get(c) and _nombre(evento, c) == _nombre(otro, c)]
        if por and se_cruzan and otro["id"] != evento.get("id"):
            hallados.append(otro | {"por": por[0]})
    return hallados


def _nombre(evento: Mapping[str, Any], columna: str) -> str:
    return " ".join(reglas.sin_acentos(evento[columna] or "").casefold().split())


def personas(db: Database, ids: Sequence[str]) -> dict[str, int]:
    """Cuántas asistencias lleva cada uno de esos eventos; el que no tiene ninguna no viene."""
    return dict(
        db.execute(
            "SELECT evento_id, sum(personas) FROM asistencia_contada"
            " WHERE evento_id IN (SELECT value FROM json_each(?)) GROUP BY 1",
            [json.dumps(list(ids))],
        ).fetchall()
    )


def por_clave(db: Database, clave: str) -> tuple[dict[str, Any], bool] | None:
    """El evento de una clave ya normalizada, y si esa clave se revocó; ``None`` si nunca existió."""
    fila = db.execute("SELECT evento_id, revocada_en FROM evento_clave WHERE clave = ?", [clave]).fetchone()
    if fila is None:
        return None
    evento = leer(db, fila["evento_id"])
    return (evento, fila["revocada_en"] is not None) if evento else None


def abrir(db: Database, id: str, ahora: datetime) -> None:
    """Abre antes de la hora. :raises ErrorJornada: ``transicion_invalida`` si ya se cerró o se canceló."""
    _pasar(db, id, de=("programado", "abierto"), a="abierto", accion="abrir", abierto_en=ahora.isoformat())


def reabrir(db: Database, id: str, ahora: datetime) -> None:
    """Vuelve a recibir en un evento cerrado o cancelado. Lo que ya salió de la urna no regresa a ella."""
    _pasar(db, id, de=("cerrado", "cancelado"), a="abierto", accion="reabrir", abierto_en=ahora.isoformat())


def cancelar(db: Database, id: str, ahora: datetime) -> None:
    """No se hizo. Lo que haya llegado se conserva, pero no se cuenta en ningún lote."""
    with escritura(db):
        _pasar(db, id, de=("programado", "abierto"), a="cancelado", accion="cancelar", cerrado_en=ahora.isoformat())
        memoria.olvidar(db, id)
    _borrar_de_veras(db)


def cerrar(db: Database, id: str, ahora: datetime, sello: Sello, azar: random.Random) -> dict[str, Any]:
    """Cierra el evento y después abre las urnas de su programa que ya se puedan abrir; devuelve ese resumen.

    Cerrarlo otra vez no cambia la hora de cierre, pero sí vuelve a intentar las urnas.
    """
    evento = _exigir(db, id)
    if evento["estado"] != "cerrado":
        with escritura(db):
            _pasar(db, id, de=("programado", "abierto"), a="cerrado", accion="cerrar", cerrado_en=ahora.isoformat())
            memoria.olvidar(db, id)
        _borrar_de_veras(db)
    return urna.abrir_las_que_toquen(db, evento["programa"], sello, azar, ahora)


def _borrar_de_veras(db: Database) -> None:
    """La llave destruida tampoco queda en la bitácora WAL. Dentro de la transacción de otro, le toca a ése."""
    if not db.conn.in_transaction:
        vaciar_bitacora(db)


def nueva_clave(db: Database, id: str, ahora: datetime, azar: random.Random) -> str:
    """Revoca la clave vigente y da otra: los carteles viejos dejan de servir."""
    with escritura(db):
        _exigir(db, id)
        db.execute(
            "UPDATE evento_clave SET revocada_en = ? WHERE evento_id = ? AND revocada_en IS NULL",
            [ahora.isoformat(), id],
        )
        return _poner_clave(db, id, ahora, azar)


def _poner_clave(db: Database, id: str, ahora: datetime, azar: random.Random) -> str:
    while True:  # 31^6 claves: repetir una es raro, y se vuelve a sacar
        clave = reglas.nueva_clave(azar)
        cursor = db.execute(
            "INSERT INTO evento_clave (clave, evento_id, creada_en) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [clave, id, ahora.isoformat()],
        )
        if cursor.rowcount:
            return clave


def _pasar(db: Database, id: str, *, de: tuple[str, ...], a: str, accion: str, **horas: str) -> None:
    with escritura(db):
        evento = _exigir(db, id)
        if evento["estado"] not in de:
            raise ErrorJornada("transicion_invalida", estado=evento["estado"], accion=accion)
        db.execute(
            f"UPDATE evento SET estado = :estado, {', '.join(f'{c} = :{c}' for c in horas)} WHERE id = :id",  # noqa: S608
            {"estado": a, **horas, "id": id},
        )


def _exigir(db: Database, id: str) -> dict[str, Any]:
    evento = leer(db, id)
    if evento is None:
        raise ErrorJornada("evento_no_existe")
    return evento


def _fila(datos: Mapping[str, Any], anterior: Mapping[str, Any]) -> dict[str, Any]:
    """Las columnas de datos, completas y con tipos de la base."""
    fila: dict[str, Any] = {}
    for columna in COLUMNAS_DATOS:
        valor = datos.get(columna, anterior.get(columna, _BOOLEANAS.get(columna)))
        if columna in _BOOLEANAS:
            fila[columna] = int(bool(valor))
        elif columna in _OPCIONALES:
            fila[columna] = valor or None
        elif valor in (None, ""):
            raise ErrorJornada("evento_datos", detalle=columna)
        else:
            fila[columna] = str(valor)
    for columna, largo in (("fecha", 10), ("hora_inicio", 5), ("hora_fin", 5)):
        fila[columna] = fila[columna][:largo]
    try:
        reglas.limites(fila, datetime.min)  # noqa: DTZ901
    except ValueError as error:
        raise ErrorJornada("evento_datos", detalle="la fecha o la hora") from error
    return fila


def _guardar_listas(db: Database, id: str, fila: Mapping[str, Any], datos: Mapping[str, Any]) -> None:
    if "lineas" in datos:
        db.execute("DELETE FROM evento_linea WHERE evento_id = ?", [id])
        for clave in dict.fromkeys(datos["lineas"] or ()):
            ejercicio = poa.ejercicio_de(db, clave, int(fila["fecha"][:4]))
            db.execute(
                "INSERT INTO evento_linea (evento_id, ejercicio, linea) VALUES (?, ?, ?)", [id, ejercicio, clave]
            )
    if "instituciones" in datos:
        db.execute("DELETE FROM evento_institucion WHERE evento_id = ?", [id])
        for institucion in dict.fromkeys(datos["instituciones"] or ()):
            if not db.execute("SELECT 1 FROM institucion WHERE id = ?", [institucion]).fetchone():
                raise ErrorJornada("institucion_no_existe")
            db.execute("INSERT INTO evento_institucion (evento_id, institucion_id) VALUES (?, ?)", [id, institucion])
    if "encuestas" in datos:
        usadas = {e["instrumento"]: e for e in _exigir(db, id)["encuestas"]}
        db.execute("DELETE FROM evento_encuesta WHERE evento_id = ?", [id])
        for orden, pedida in enumerate(_encuestas(datos["encuestas"] or ()), start=1):
            clave = pedida["instrumento"]
            # La que ya estaba conserva su versión aunque haya una nueva: cambiarla es una decisión aparte.
            encuesta = usadas.get(clave, {}) | {c: v for c, v in pedida.items() if v is not None}
            version = encuesta.get("version") or instrumentos.ultima_version(db, clave)
            instrumentos.leer(db, clave, version)
            db.execute(
                "INSERT INTO evento_encuesta (evento_id, orden, instrumento, version, por_pantalla)"
                " VALUES (?, ?, ?, ?, ?)",
                [id, orden, clave, version, int(bool(encuesta.get("por_pantalla")))],
            )


def _encuestas(encuestas: Iterable[Any]) -> list[Mapping[str, Any]]:
    """Acepta ``"antes"``, ``("antes", 1)`` o ``{"instrumento": "antes", "version": 1}``, sin repetir."""
    unicas: dict[str, Mapping[str, Any]] = {}
    for encuesta in encuestas:
        if isinstance(encuesta, str):
            encuesta = {"instrumento": encuesta}
        elif not isinstance(encuesta, Mapping):
            encuesta = {"instrumento": encuesta[0], "version": encuesta[1]}
        unicas.setdefault(encuesta["instrumento"], encuesta)
    return list(unicas.values())


def usar_version_nueva(db: Database, id: str, clave: str) -> int:
    """Pasa la encuesta de un evento a su última versión, si nadie la ha contestado ahí; devuelve cuál es.

    :raises ErrorJornada: ``evento_no_existe``, ``instrumento_no_existe``, ``encuesta_ya_contestada``.
    """
    with escritura(db):
        evento = _exigir(db, id)
        encuesta = next((e for e in evento["encuestas"] if e["instrumento"] == clave), None)
        if encuesta is None:
            raise ErrorJornada("instrumento_no_existe")
        if not sin_contestar(db, evento, clave):
            raise ErrorJornada("encuesta_ya_contestada", encuesta=encuesta["titulo"])
        version = instrumentos.ultima_version(db, clave)
        db.execute(
            "UPDATE evento_encuesta SET version = ? WHERE evento_id = ? AND instrumento = ?", [version, id, clave]
        )
    return version


def sin_contestar(db: Database, evento: Mapping[str, Any], clave: str) -> bool:
    """Nadie ha contestado esa encuesta en ese evento. Ya cerrado alguna vez no se sabe: su urna se vació."""
    hay = db.execute(
        "SELECT 1 FROM urna WHERE evento_id = :id AND instrumento = :clave UNION ALL"
        " SELECT 1 FROM recuento_evento WHERE evento_id = :id AND instrumento = :clave LIMIT 1",
        {"id": evento["id"], "clave": clave},
    ).fetchone()
    return hay is None and evento["cerrado_en"] is None
