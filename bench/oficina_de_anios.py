"""Una oficina con cinco años de trabajo, para medir el panel: la base se llena de golpe, renglón por renglón.

No pasa por la recepción ni por la urna (eso lo miden otros bancos); en las tablas queda lo que ellas dejarían.
"""

import json
import uuid
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlite_utils import Database

from formularios import catalogos as catalogo
from formularios.instrumento import Instrumento, incluidos
from recoleccion import preparar, reglas
from recoleccion.consultas import (
    avisos,
    bitacora,
    conexion,
    credenciales,
    cuentas,
    directorio,
    dispositivos,
    llave,
    poa,
)
from recoleccion.demo import informes
from recoleccion.instalacion import Instalacion
from recoleccion.sellado import leer_llave, sellar_identidad

ANIOS, EVENTOS, ASISTENCIAS, CONTESTACIONES, ACTIVIDADES = 5, 1_500, 60_000, 40_000, 3_000
CONTRASENA, FRASE = "contraseña del banco", "nopal canela tren luna mesa olla"
SEMILLA = 20261123
_LINEAS = (("M4", 0.5), ("M5", 0.3), ("A5", 0.25), ("A8", 0.1), ("A2", 0.2), ("M2", 0.05))
_SIN_EVENTOS = ("M1", "M2", "M3", "M6", "A1", "A2", "A3", "A4", "A7", "A9", "A10")
_NOMBRES = ("María Guadalupe", "Rosa Elena", "Juana", "Teresa", "José Luis", "Ana Karen", "Refugio", "Leticia")
_APELLIDOS = ("González", "Jiménez", "Gutiérrez", "Casillas", "Barba", "De la Torre", "Martín", "Ramírez")


def llenar(datos: Path, ahora: datetime) -> str:
    """Prepara la carpeta y la llena; devuelve el id del evento con más gente."""
    azar = Random(SEMILLA)
    preparar.preparar(datos, usuario="titular", contrasena=CONTRASENA, ahora=ahora)
    lugar = Instalacion(datos)
    with closing(conexion.abrir(lugar.privada)) as db:
        llave.crear(db, FRASE, sello=lugar.sello, ahora=ahora, azar=azar)
        cuentas.crear(db, usuario="promotora", nombre="Promotora", rol="promotora", contrasena=CONTRASENA, ahora=ahora)
        promotora = next(c for c in cuentas.listar(db) if c.rol == "promotora")
        telefonos = [dispositivos.alta(db, f"Teléfono {n}", promotora.id, ahora, azar)[0] for n in range(1, 7)]
        credenciales.imprimir(db, 500, ahora, azar)
        for n in range(30):
            directorio.guardar(
                db, {"nombre": f"Institución {n}", "servicio": "Asesoría", "telefono": f"37800000{n:02d}"}
            )
        lineas = catalogo.leer_lineas_poa(lugar.carpeta_catalogos, preparar.EJERCICIO)
        for ejercicio in range(ahora.year - ANIOS + 1, ahora.year + 1):
            poa.sembrar(db, ejercicio, lineas)
            for linea in lineas:
                metas = {"indicador": "Cuántas", "unidad": "unidades", "meta_anual": 400.0}
                metas |= dict.fromkeys(("t1", "t2", "t3", "t4"), 100.0)
                poa.guardar(db, ejercicio, linea["clave"], metas, ahora=ahora, quien="titular")
        with conexion.escritura(db):
            eventos = _eventos(db, lugar, ahora.date(), azar)
            mayor = _asistencias(db, eventos, telefonos, azar)
            _encuestas(db, eventos, azar)
            _actividades(db, ahora.date(), azar)
            _bitacora(db, ahora)
        informes.llenar(db, lugar, ahora, azar)
        conexion.vaciar_bitacora(db)
    return mayor


def _id(azar: Random) -> str:
    return str(uuid.UUID(int=azar.getrandbits(128), version=4))


def _en(db: Database, tabla: str, filas: list[dict[str, Any]]) -> None:
    columnas = list(filas[0])
    db.conn.executemany(
        f"INSERT INTO {tabla} ({', '.join(columnas)}) VALUES ({', '.join(f':{c}' for c in columnas)})", filas
    )


def _eventos(db: Database, lugar: Instalacion, hoy: date, azar: Random) -> list[dict[str, Any]]:
    opciones = lugar.catalogos
    claves: set[str] = set()
    while len(claves) < EVENTOS:
        claves.add(reglas.nueva_clave(azar))
    desde = date(hoy.year - ANIOS + 1, 1, 1)
    filas = []
    for n in range(EVENTOS):
        dia = desde + timedelta(days=int(n * ((hoy - desde).days + 30) / EVENTOS))
        hecho = dia < hoy
        filas.append({
            "id": _id(azar), "titulo": f"Plática número {n}", "tipo": azar.choice(opciones.claves("tipo")),
            "tema": azar.choice(opciones.claves("tema")), "fecha": dia.isoformat(),
            "hora_inicio": f"{azar.randrange(9, 18):02d}:00", "hora_fin": "19:30", "sede": f"Sede {azar.randrange(60)}",
            "localidad": azar.choice(opciones.claves("localidad")), "zona": azar.choice(opciones.claves("zona")),
            "programa": azar.choice(opciones.claves("programa")), "estado": "cerrado" if hecho else "programado",
            "creado_en": f"{dia}T08:00:00-06:00", "cerrado_en": f"{dia}T21:00:00-06:00" if hecho else None,
        })  # fmt: skip
    _en(db, "evento", filas)
    _en(db, "evento_clave", [{"clave": clave, "evento_id": fila["id"], "creada_en": fila["creado_en"]}
                             for clave, fila in zip(sorted(claves), filas, strict=True)])  # fmt: skip
    _en(db, "evento_linea", [{"evento_id": f["id"], "ejercicio": int(f["fecha"][:4]), "linea": linea}
                             for f in filas for linea, parte in _LINEAS if azar.random() < parte])  # fmt: skip
    return filas


def _asistencias(db: Database, eventos: list[dict[str, Any]], telefonos: list[str], azar: Random) -> str:
    """Cuarenta por evento en promedio; seis de cada diez dejan nombre, sellado."""
    publica = db.execute("SELECT publica FROM llave_oficina").fetchone()["publica"]
    sellar_con = leer_llave(publica)
    aviso = avisos.vigente(db)["version"]
    tarjetas = [fila["id"] for fila in db.execute("SELECT id FROM credencial")]
    hechos = [e for e in eventos if e["estado"] == "cerrado"]
    pesos = [azar.uniform(0.3, 1.7) for _ in hechos]
    filas, quienes = [], []
    cuantas = dict.fromkeys((e["id"] for e in hechos), 0)
    for evento in azar.choices(hechos, pesos, k=ASISTENCIAS):
        id, edad = _id(azar), azar.choice(reglas.EDADES)
        cuantas[evento["id"]] += 1
        modo = azar.choices(("telefono", "promotora", "credencial", "conteo"), (5, 3, 1, 1))[0]
        filas.append({
            "id": id, "evento_id": evento["id"], "modo": modo, "sexo": azar.choices(reglas.SEXOS, (66, 30, 1, 3))[0],
            "edad": edad, "procedencia": azar.choice(reglas.PROCEDENCIAS), "aviso_version": aviso,
            "credencial_id": azar.choice(tarjetas) if modo == "credencial" else None,
            "dispositivo_id": None if modo == "telefono" else azar.choice(telefonos),
            "hora_dispositivo": f"{evento['fecha']}T{evento['hora_inicio']}:00-06:00", "sesgo_ms": 0,
            "recibido_en": f"{evento['fecha']}T20:00:00-06:00", "lote": None,
        })  # fmt: skip
        if modo != "conteo" and azar.random() < 0.6 and reglas.puede_dar_nombre(edad):
            nombre = f"{azar.choice(_NOMBRES)} {azar.choice(_APELLIDOS)} {azar.choice(_APELLIDOS)}"
            quienes.append({"asistencia_id": id, "sobre": sellar_identidad(sellar_con, id, nombre, None)})
    _en(db, "asistencia", filas)
    _en(db, "identidad", quienes)
    return max(cuantas, key=lambda id: cuantas[id])


def _encuestas(db: Database, eventos: list[dict[str, Any]], azar: Random) -> None:
    """Lo que sale de la urna: renglones revueltos, y el recuento de cada evento."""
    encuestas = [incluidos()[clave] for clave in ("antes", "despues", "satisfaccion")]
    hechos = [e for e in eventos if e["estado"] == "cerrado"]
    llevan = [{"evento_id": e["id"], "orden": n, "instrumento": i.clave, "version": i.version}
              for e in eventos for n, i in enumerate(encuestas, 1)]  # fmt: skip
    _en(db, "evento_encuesta", llevan)
    filas, recuento = [], []
    por_evento = CONTESTACIONES // (len(hechos) * len(encuestas)) + 1
    for evento in hechos:
        for encuesta in encuestas:
            cuenta: dict[tuple[str, str], int] = {}
            for _ in range(por_evento):
                respuestas = _contestada(encuesta, azar)
                for pregunta, clave in respuestas.items():
                    cuenta[pregunta, clave] = cuenta.get((pregunta, clave), 0) + 1
                filas.append({
                    "id": _id(azar), "mes": evento["fecha"][:7], "programa": evento["programa"], "zona": evento["zona"],
                    "instrumento": encuesta.clave, "version": encuesta.version, "sexo": azar.choice(reglas.SEXOS),
                    "edad": azar.choice(reglas.EDADES), "respuestas": json.dumps(respuestas),
                })  # fmt: skip
            recuento += [{"evento_id": evento["id"], "instrumento": encuesta.clave, "version": encuesta.version,
                          "pregunta": pregunta, "respuesta": clave, "n": n}
                         for (pregunta, clave), n in cuenta.items()]  # fmt: skip
    _en(db, "contestacion", filas)
    _en(db, "recuento_evento", recuento)


def _contestada(encuesta: Instrumento, azar: Random) -> dict[str, str]:
    cerradas = [p for p in encuesta.preguntas if p.opciones]
    return {p.clave: azar.choice(p.opciones).clave for p in cerradas}


def _actividades(db: Database, hoy: date, azar: Random) -> None:
    desde = date(hoy.year - ANIOS + 1, 1, 1)
    filas = []
    for n in range(ACTIVIDADES):
        dia = desde + timedelta(days=int(n * (hoy - desde).days / ACTIVIDADES))
        filas.append({
            "id": _id(azar), "ejercicio": dia.year, "linea": azar.choice(_SIN_EVENTOS), "tipo": "otra",
            "fecha": dia.isoformat(), "cantidad": azar.randrange(1, 9), "mujeres": azar.randrange(20),
            "hombres": azar.randrange(6), "no_especificado": 0, "nota": "Sin novedad",
            "creada_en": f"{dia}T10:00:00-06:00", "creada_por": "titular",
        })  # fmt: skip
    _en(db, "actividad", filas)


def _bitacora(db: Database, ahora: datetime) -> None:
    for n in range(20_000, 0, -1):
        bitacora.anotar(db, ahora - timedelta(hours=n), "titular", "ver lista", "evento")
