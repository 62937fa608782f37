"""Arma la carpeta de la demostración y la pone al día cuando cambia la fecha."""

import json
import os
import tempfile
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlite_utils import Database

from .. import preparar
from ..consultas import (
    ajustes,
    conexion,
    credenciales,
    cuentas,
    directorio,
    dispositivos,
    eventos,
    instrumentos,
    llave,
    poa,
)
from ..instalacion import Instalacion
from . import actividades, calendario, convenios, derechos, evidencias, informes, papel, programa, series
from .calendario import Plan
from .encuestas import DE_LA_OFICINA, encuestas
from .gente import persona
from .llenar import Oficina, llenar

SEMILLA = 20260308
CREDENCIALES = 60
ARCHIVO = "demo.json"
CUENTAS = (
    {"usuario": "titular", "contrasena": "titular-demo", "rol": "titular", "nombre": "Titular de demostración"},
    {"usuario": "promotora", "contrasena": "promotora-demo", "rol": "promotora", "nombre": "Promotora de demostración"},
    {"usuario": "analista", "contrasena": "analista-demo", "rol": "analista", "nombre": "Analista de demostración"},
)
FRASE = "nopal canela tren luna mesa olla"
"""La de la llave de nombres de la demostración; en una oficina de verdad sólo la sabe la titular."""
_TELEFONOS = ("Teléfono 1 de la oficina", "Teléfono 2 de la oficina")
# Metas de ejemplo; las demás líneas se quedan «sin definir», como en el programa real.
_METAS: dict[str, dict[str, Any]] = {
    "M4": {"indicador": "Personas en talleres y pláticas", "unidad": "asistencias", "medida": "asistencias",
           "meta_anual": 1800, "t1": 400, "t2": 450, "t3": 500, "t4": 450},
    "M5": {"indicador": "Personas en campañas", "unidad": "asistencias", "medida": "asistencias",
           "meta_anual": 1200, "t1": 300, "t2": 300, "t3": 300, "t4": 300},
    "A5": {"indicador": "Personas en cursos y talleres", "unidad": "asistencias", "medida": "asistencias",
           "meta_anual": 600, "t1": 150, "t2": 150, "t3": 150, "t4": 150},
    "A8": {"indicador": "Actividades en días señalados", "unidad": "eventos", "medida": "eventos",
           "meta_anual": 16, "t1": 4, "t2": 4, "t3": 4, "t4": 4},
    "M2": {"indicador": "Capacitaciones al personal", "unidad": "cursos", "meta_anual": 4},
}  # fmt: skip

Avance = Callable[[list[Plan], Callable[[Plan], None]], None]
"""Recorre los planes y aplica la función a cada uno, mostrando por dónde va."""


def es_demo(instalacion: Instalacion) -> bool:
    """¿La carpeta es una demostración terminada?"""
    if not (instalacion.datos / ARCHIVO).is_file() or not instalacion.privada.is_file():
        return False
    with closing(conexion.abrir(instalacion.privada, solo_lectura=True)) as db:
        return ajustes.leer(db, "modo") == "demo"


def esta_vacia(datos: Path) -> bool:
    return not datos.exists() or (datos.is_dir() and not any(datos.iterdir()))


def construir(instalacion: Instalacion, *, direcciones: dict[str, str], avance: Avance) -> None:
    """Escribe la demostración en una carpeta vacía. Se arma aparte y aparece completa, o no aparece.

    :param direcciones: app, datos, campo y panel, como quedarán al servir.
    """
    destino, ahora = instalacion.datos, instalacion.reloj()
    destino.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=destino.parent, prefix=".demo-") as temporal:
        nueva = Instalacion(Path(temporal) / "datos", instalacion.reloj)
        azar = Random(SEMILLA)
        _llenar_carpeta(nueva, ahora, azar, direcciones, avance)
        if destino.exists():
            destino.rmdir()
        nueva.datos.rename(destino)


def _llenar_carpeta(
    nueva: Instalacion, ahora: datetime, azar: Random, direcciones: dict[str, str], avance: Avance
) -> None:
    hoy, hace_un_ejercicio = ahora.date(), ahora - timedelta(days=366)
    titular = CUENTAS[0]
    preparar.preparar(
        nueva.datos,
        usuario=titular["usuario"],
        contrasena=titular["contrasena"],
        ahora=hace_un_ejercicio,
        nombre=titular["nombre"],
        oficina="CE-MUJER (demostración)",
        host_publico=direcciones["app"].rstrip("/"),
        modo="demo",
    )
    with closing(conexion.abrir(nueva.privada)) as db:
        oficina = _instalar(db, nueva, hace_un_ejercicio, azar)
        planes = calendario.del_ejercicio(azar, hoy)
        avance(planes, lambda plan: _realizar(oficina, plan, ahora))
        for plan in calendario.por_venir(azar, hoy):
            _crear(oficina, plan, ahora)
        actividades.llenar(db, ahora, Random(f"{SEMILLA}-actividades"))
        series.llenar(db, ahora, Random(f"{SEMILLA}-series"))
        convenios.llenar(db, ahora, CUENTAS[0]["usuario"])
        programa.llenar(db, ahora, CUENTAS[0]["usuario"])
        informes.llenar(db, nueva, ahora, Random(f"{SEMILLA}-informes"))
        evidencias.llenar(db, nueva, ahora, Random(f"{SEMILLA}-evidencias"))
        clave = _abrir_hoy(oficina, ahora)
        papel.llenar(db, nueva, ahora, Random(f"{SEMILLA}-papel"), sorted(oficina.nombres))
        derechos.llenar(db, ahora, Random(f"{SEMILLA}-derechos"))
        conexion.vaciar_bitacora(db)
    _escribir_demo(nueva, clave, direcciones, sorted(oficina.nombres))


def _instalar(db: Database, nueva: Instalacion, cuando: datetime, azar: Random) -> Oficina:
    """Lo que una oficina hace una vez: cuentas, teléfonos, credenciales, directorio y metas."""
    for cuenta in CUENTAS[1:]:
        cuentas.crear(db, **cuenta, ahora=cuando)
    directorio.guardar(
        db,
        {
            "nombre": "Oficina de la demostración",
            "servicio": "Orientación y acompañamiento (teléfono inventado)",
            "telefono": "378 000 0000",
            "horario": "lunes a viernes, 9 a. m. a 3 p. m.",
            "propia": True,
            "verificado_el": cuando.date().isoformat(),
        },
    )
    for ejercicio in poa.ejercicios(db):
        for clave, meta in _METAS.items():
            poa.guardar(db, ejercicio, clave, meta, ahora=cuando, quien=CUENTAS[0]["usuario"])
    instrumentos.guardar(db, encuestas()[DE_LA_OFICINA], cuando)
    _crear_llave(db, nueva, cuando)
    promotora = next(c for c in cuentas.listar(db) if c.rol == "promotora")
    telefonos = [dispositivos.alta(db, nombre, promotora.id, cuando, azar)[0] for nombre in _TELEFONOS]
    tarjetas = credenciales.imprimir(db, CREDENCIALES, cuando, azar)
    con_credencial = [persona(azar, "vecinas", "cabecera", token=token) for _, token in tarjetas]
    return Oficina(db, nueva.sello, azar, telefonos, con_credencial)


def _crear_llave(db: Database, instalacion: Instalacion, cuando: datetime) -> None:
    llave.crear(db, FRASE, sello=instalacion.sello, ahora=cuando, azar=Random(f"{SEMILLA}-llave"))


def _crear(oficina: Oficina, plan: Plan, ahora: datetime) -> str:
    lleva = [{"instrumento": clave, "por_pantalla": clave == DE_LA_OFICINA} for clave in plan.molde.encuestas]
    datos = {**plan.datos(), "lineas": plan.molde.lineas, "encuestas": lleva}
    return eventos.crear(oficina.db, datos, ahora, oficina.azar)


def _realizar(oficina: Oficina, plan: Plan, ahora: datetime) -> None:
    """Un evento de principio a fin: se crea, llega la gente, se cierra y se abre la urna."""
    inicio = datetime.combine(plan.fecha, time.fromisoformat(plan.hora_inicio), ahora.tzinfo)
    evento_id = _crear(oficina, plan, inicio - timedelta(days=7))
    eventos.abrir(oficina.db, evento_id, inicio - timedelta(minutes=30))
    llenar(oficina, evento_id, plan, inicio, inicio.replace(hour=21, minute=oficina.azar.randrange(60)))
    eventos.cerrar(oficina.db, evento_id, inicio + timedelta(hours=12), oficina.sello, oficina.azar)


def _abrir_hoy(oficina: Oficina, ahora: datetime) -> str:
    """El evento de hoy, abierto, con algunas personas ya registradas; devuelve su clave."""
    plan = calendario.de_hoy(oficina.azar, ahora)
    evento_id = _crear(oficina, plan, ahora)
    eventos.abrir(oficina.db, evento_id, ahora)
    llenar(oficina, evento_id, plan, ahora - timedelta(minutes=30), ahora)
    evento = eventos.leer(oficina.db, evento_id)
    return str(evento["clave"]) if evento else ""


def poner_al_dia(instalacion: Instalacion) -> None:
    """Si la demostración es de otro día, cierra lo que quedó abierto y abre el evento de hoy."""
    ahora = instalacion.reloj()
    hoy = ahora.date().isoformat()
    demo = leer(instalacion)
    azar = Random(f"{SEMILLA}-{hoy}")
    with closing(conexion.abrir(instalacion.privada)) as db:
        if not llave.hay(db):  # una demostración de la versión anterior
            _crear_llave(db, instalacion, ahora)
        clave, nombres = demo["clave"], set(demo["nombres"])
        actual = eventos.por_clave(db, clave)
        if actual is None or actual[0]["fecha"] != hoy or actual[0]["estado"] != "abierto":
            for viejo in eventos.listar(db, hasta=(ahora.date() - timedelta(days=1)).isoformat()):
                if viejo["estado"] in ("abierto", "programado"):
                    eventos.cerrar(db, viejo["id"], ahora, instalacion.sello, azar)
            telefonos = [d["id"] for d in dispositivos.listar(db) if d["nombre"] in _TELEFONOS]
            oficina = Oficina(db, instalacion.sello, azar, telefonos, nombres=nombres)
            clave = _abrir_hoy(oficina, ahora)
    _escribir_demo(instalacion, clave, demo["direcciones"], sorted(nombres))


def anotar_direcciones(instalacion: Instalacion, direcciones: dict[str, str]) -> None:
    """Deja en ``demo.json`` y en los carteles las direcciones donde de veras se está atendiendo."""
    demo = leer(instalacion)
    if demo["direcciones"] == direcciones:
        return
    with closing(conexion.abrir(instalacion.privada)) as db:
        ajustes.guardar(db, "host_publico", direcciones["app"].rstrip("/"))
    _escribir_demo(instalacion, demo["clave"], direcciones, demo["nombres"])


def leer(instalacion: Instalacion) -> dict[str, Any]:
    """Lo que dice ``demo.json``: clave, cuentas, direcciones y nombres."""
    contenido: dict[str, Any] = json.loads((instalacion.datos / ARCHIVO).read_text("utf-8"))
    return contenido


def _escribir_demo(instalacion: Instalacion, clave: str, direcciones: dict[str, str], nombres: list[str]) -> None:
    contenido = {
        "clave": clave,
        "cuentas": [{k: c[k] for k in ("usuario", "contrasena", "rol")} for c in CUENTAS],
        "direcciones": direcciones,
        "frase": FRASE,
        "nombres": nombres,
    }
    temporal = instalacion.datos / f"{ARCHIVO}.nuevo"
    temporal.write_text(json.dumps(contenido, ensure_ascii=False, indent=1) + "\n", "utf-8")
    os.replace(temporal, instalacion.datos / ARCHIVO)
