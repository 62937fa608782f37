"""Un año de registros al azar y, para compararlo, la cuenta lenta del avance: renglón por renglón, sin sumas de SQL."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone
from random import Random
from typing import Any

from recoleccion.consultas.avance import EDADES

EJERCICIO = 2026
LINEAS = ("M4", "A5", "A9")
MEDIDAS = ("actividades", "eventos", "asistencias", "sesiones", "vinculos", "instituciones", "contestaciones", None)
SEXOS = ("M", "H", "O", "N")
ZONA = timezone(timedelta(hours=-6))


def sembrar(db: Any, azar: Random) -> None:
    """Llena las tablas con todo lo que puede pasar: otros años, cancelados, anulaciones, credenciales repetidas…"""
    _fijas(db)
    for orden, clave in enumerate(LINEAS):
        metas = [azar.choice((None, 0.0, 5.0, 12.5, 40.0)) for _ in range(6)]
        _meter(db, "linea_poa", ejercicio=EJERCICIO, clave=clave, orden=orden, tipo="meta", texto=clave,
               medida=azar.choice(MEDIDAS), meta_anual=metas[0], t1=metas[1], t2=metas[2], t3=metas[3], t4=metas[4],
               linea_base=metas[5])  # fmt: skip
    _meter(db, "linea_poa", ejercicio=EJERCICIO + 1, clave="M4", orden=0, tipo="meta", texto="la del otro año")
    eventos = [_evento(db, azar, f"e{n}") for n in range(azar.randint(0, 8))]
    if eventos:
        _gente(db, azar, eventos)
    for n in range(azar.randint(0, 8)):
        _actividad(db, azar, f"a{n}")
    for institucion in "xyz":
        for dia in {_dia(azar) for _ in range(azar.randint(0, 4))}:
            _meter(db, "institucion_verificada", institucion_id=institucion, fecha=dia, quien="titular")


def _fijas(db: Any) -> None:
    _meter(db, "aviso", version=1, simplificado="a", integral="b", leido="c", vigente_desde="2026-01-01")
    _meter(db, "serie", id="s", nombre="Serie", programa="p")
    for n in range(3):
        _meter(db, "credencial", id=f"c{n}", folio=f"f{n}", verificador=f"v{n}", impresa_en="2026-01-01")
    for orden, institucion in enumerate("xyz"):
        _meter(db, "institucion", id=institucion, orden=orden, nombre=institucion, servicio="s", telefono="1")


def _evento(db: Any, azar: Random, id: str) -> str:
    _meter(db, "evento", id=id, titulo=id, tipo="taller", tema="t", fecha=_dia(azar), hora_inicio="10:00",
           hora_fin="11:00", sede="s", localidad=azar.choice(("valle", "rancho")), zona="cabecera", programa="p",
           estado=azar.choice(("programado", "abierto", "cerrado", "cerrado", "cancelado")), creado_en="2026-01-01",
           serie_id=azar.choice((None, "s")))  # fmt: skip
    for linea in LINEAS:
        if azar.random() < 0.6:
            _meter(db, "evento_linea", evento_id=id, ejercicio=EJERCICIO, linea=linea)
    if azar.random() < 0.3:
        _meter(db, "evento_linea", evento_id=id, ejercicio=EJERCICIO + 1, linea="M4")
    for institucion in "xyz":
        if azar.random() < 0.3:
            _meter(db, "evento_institucion", evento_id=id, institucion_id=institucion)
    for encuesta, version in (("antes", 1), ("antes", 2), ("despues", 1)):
        if azar.random() < 0.4:
            cuantas = azar.randint(10, 30)
            for pregunta, respuesta, n in (("", "", cuantas), ("K1", "V", azar.randint(0, cuantas))):
                _meter(db, "recuento_evento", evento_id=id, instrumento=encuesta, version=version,
                       pregunta=pregunta, respuesta=respuesta, n=n)  # fmt: skip
    return id


def _gente(db: Any, azar: Random, eventos: list[str]) -> None:
    minutos = iter(azar.sample(range(60), 30))
    for n in range(azar.randint(0, 30)):
        minuto = next(minutos)
        conteo = azar.random() < 0.2
        llego = datetime(2026, 5, 5, 10 + azar.randint(0, 3), minuto, tzinfo=ZONA)
        _meter(db, "asistencia", id=f"p{n}", evento_id=azar.choice(eventos),
               modo="conteo" if conteo else "credencial", sexo=azar.choice(SEXOS), edad=azar.choice(EDADES),
               procedencia="nd", personas=azar.randint(1, 9) if conteo else 1, aviso_version=1,
               credencial_id=None if conteo else azar.choice((None, "c0", "c0", "c1", "c2")),
               hora_dispositivo=azar.choice((None, llego.isoformat())), sesgo_ms=azar.choice((None, 0, 3_600_000)),
               recibido_en=llego.isoformat(), lote=azar.choice((None, None, "2026-T1")))  # fmt: skip
        if azar.random() < 0.15:
            _meter(db, "anulacion", id=f"n{n}", registro_id=f"p{n}", evento_id=eventos[0], recibido_en="2026-05-06")


def _actividad(db: Any, azar: Random, id: str) -> None:
    fecha = _dia(azar)
    plazo = azar.random() < 0.4
    _meter(db, "actividad", id=id, ejercicio=EJERCICIO, linea=azar.choice(LINEAS), tipo="t", fecha=fecha,
           cantidad=azar.randint(0, 20), mujeres=azar.choice((None, 0, 3)), hombres=azar.choice((None, 2)),
           no_especificado=azar.choice((None, 1)), cuenta=azar.choice(("avance", "avance", "base", "aparte")),
           alcance=azar.choice((None, 900)), limite="2026-12-01" if plazo else None,
           cumplida_el=max(fecha, _dia(azar)) if plazo and azar.random() < 0.7 else None, creada_en="2026-01-01",
           creada_por="titular", quitada_en=azar.choice((None, None, None, "2026-02-02")))  # fmt: skip


def _dia(azar: Random) -> str:
    """Del año casi siempre, y a menudo en la orilla de un trimestre."""
    if azar.random() < 0.4:
        return azar.choice(("2026-01-01", "2026-03-31", "2026-04-01", "2026-06-30", "2026-07-01", "2026-09-30",
                            "2026-10-01", "2026-12-31", "2025-12-31", "2027-01-01"))  # fmt: skip
    return f"2026-{azar.randint(1, 12):02d}-{azar.randint(1, 28):02d}"


def _meter(db: Any, tabla: str, **fila: Any) -> None:
    db.execute(f"INSERT INTO {tabla} ({', '.join(fila)}) VALUES ({', '.join('?' * len(fila))})", list(fila.values()))


def lenta(db: Any, hasta: str | None) -> dict[str, list[dict[str, Any]]]:
    """``{línea: [lo de cada trimestre]}`` con las mismas llaves que ``avance.Linea``, de los renglones crudos."""
    tablas = {t: [dict(f) for f in db.execute(f"SELECT * FROM {t}")] for t in (
        "linea_poa", "evento", "evento_linea", "evento_institucion", "recuento_evento", "asistencia", "anulacion",
        "actividad", "institucion_verificada")}  # fmt: skip
    tope = min(hasta or "9999", "2026-12-31")

    def cuando(fecha: str | None) -> int | None:
        if fecha is None or not "2026-01-01" <= fecha <= tope:
            return None
        return 1 + (int(fecha.split("-")[1]) - 1) // 3

    personas = _que_se_cuentan(tablas["asistencia"], {n["registro_id"] for n in tablas["anulacion"]})
    salida = {}
    for linea in (fila for fila in tablas["linea_poa"] if fila["ejercicio"] == EJERCICIO):
        suyos = {f["evento_id"] for f in tablas["evento_linea"]
                 if (f["ejercicio"], f["linea"]) == (EJERCICIO, linea["clave"])}  # fmt: skip
        cuartos = []
        for t in (1, 2, 3, 4):
            eventos = [e for e in tablas["evento"]
                       if e["id"] in suyos and e["estado"] != "cancelado" and cuando(e["fecha"]) == t]  # fmt: skip
            cuartos.append(_cuarto(linea, t, eventos, personas, tablas, cuando))
        salida[linea["clave"]] = cuartos
    return salida


def _cuarto(linea: Mapping[str, Any], t: int, eventos: list[Any], personas: list[Any], tablas: Any, cuando: Any) -> Any:
    ids = [e["id"] for e in eventos]
    sexos, edades, localidades = Counter(), Counter(), Counter()
    for e in eventos:
        localidades[e["localidad"]] += 0
        for a in personas:
            if a["evento_id"] == e["id"]:
                sexos[a["sexo"]] += a["personas"]
                edades[a["edad"]] += a["personas"]
                localidades[e["localidad"]] += a["personas"]
    encuestas = defaultdict(int)
    for r in tablas["recuento_evento"]:
        if r["evento_id"] in ids and r["pregunta"] == "":
            encuestas[r["evento_id"], r["instrumento"], r["version"]] += r["n"]
    dan = {
        "eventos": len(eventos),
        "asistencias": sum(sexos.values()),
        "sesiones": sum(e["serie_id"] is not None for e in eventos),
        "vinculos": sum(v["evento_id"] in ids for v in tablas["evento_institucion"]),
        "instituciones": len(
            {v["institucion_id"] for v in tablas["institucion_verificada"] if cuando(v["fecha"]) == t}
        ),
        "contestaciones": sum(encuestas.values()),
    }
    realizado, base, alcance, registros = dan.get(linea["medida"] or "", 0), 0, 0, 0
    for a in tablas["actividad"]:
        if a["linea"] != linea["clave"] or a["quitada_en"]:
            continue
        es_avance, con_plazo, aqui = a["cuenta"] == "avance", a["limite"] is not None, cuando(a["fecha"]) == t
        if aqui:
            registros += 1
            alcance += a["alcance"] or 0
        if aqui and (a["cuenta"] == "base" or (es_avance and con_plazo)):
            base += a["cantidad"]
        if es_avance and (cuando(a["cumplida_el"]) == t if con_plazo else aqui):
            realizado += a["cantidad"]
            for sexo, columna in (("M", "mujeres"), ("H", "hombres"), ("N", "no_especificado")):
                sexos[sexo] += a[columna] or 0
                edades["nd"] += a[columna] or 0
    return {
        "realizado": realizado,
        "base": base,
        "alcance": alcance,
        "actividades": registros,
        "eventos": len(eventos),
        "poblacion": (
            sexos["M"],
            sexos["H"],
            sexos["O"] + sexos["N"],
            {e: edades[e] for e in EDADES},
            dict(localidades),
        ),
    }


def _que_se_cuentan(asistencias: Iterable[Any], anuladas: set[str]) -> list[Any]:
    """Sin las anuladas y, de cada credencial en cada evento, una: la de un lote o la primera en su hora corregida."""
    quedan: dict[Any, Any] = {}

    def hora(a: Any) -> datetime:
        if a["hora_dispositivo"] is None:
            return datetime.fromisoformat(a["recibido_en"])
        return datetime.fromisoformat(a["hora_dispositivo"]) - timedelta(milliseconds=a["sesgo_ms"] or 0)

    for a in asistencias:
        if a["id"] in anuladas:
            continue
        quien = (a["evento_id"], a["credencial_id"]) if a["credencial_id"] else a["id"]
        lugar = (a["lote"] is None, hora(a), a["id"])
        if quien not in quedan or lugar < quedan[quien][0]:
            quedan[quien] = (lugar, a)
    return [a for _, a in quedan.values()]
