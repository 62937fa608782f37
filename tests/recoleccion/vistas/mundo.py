"""Una aplicación con algo de todo, que vuelve a como estaba después de cada envío: para mandarle lo que sea."""

import os
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

from formularios import edicion
from formularios.edicion import Condicion
from formularios.instrumento import Instrumento
from recoleccion import informar, reglas
from recoleccion.aplicacion import create_app
from recoleccion.avalancha import SIN_LIMITES
from recoleccion.consultas import (
    actividades,
    borradores,
    conexion,
    cuarentena,
    cuentas,
    directorio,
    dispositivos,
    espera,
    eventos,
    evidencias,
    importadas,
    instrumentos,
    papel,
    series,
)
from recoleccion.informes import periodos
from recoleccion.instalacion import Instalacion
from recoleccion.vistas import regreso
from tests.elenco import CONTRASENA, HORA, Reloj, evento_de_prueba
from tests.recoleccion.fabrica import Fabrica
from tests.recoleccion.vistas.oficina import Oficina


class Mundo:
    """``malas``: lo que contestó 500 o más, como (método, dirección, lo que se mandó).

    ``semilla``: la del azar de sus permisos; con otra, los de otra oficina.
    """

    def __init__(self, datos: Path, elenco: SimpleNamespace, semilla: int = 9) -> None:
        self.ruta = datos / "privada.db"
        self.fabrica = Fabrica(Instalacion(datos).sello, elenco.evento_id)
        self.huecos, self.llave = _de_todo(datos, elenco, self.fabrica, Random(semilla))
        sueltos = [archivo for de in ("evidencias", "catalogos", "claves") for archivo in (datos / de).iterdir()]
        self.sueltos = {archivo: (archivo.read_bytes(), archivo.stat().st_mtime_ns) for archivo in sueltos}
        self.reloj = Reloj()
        self.app = create_app(datos, reloj=self.reloj, azar=Random(7), limites=SIN_LIMITES)
        self.galleta, self.ficha = self.entrar("titular")
        self.guardar()
        self.cliente = self.app.test_client(use_cookies=False)
        self.malas: list[tuple[str, str, str]] = []
        self._se_conserva = False

    def pedir(self, metodo: str, direccion: str, que: object = "", **como: Any) -> Any:
        """Pide con la sesión de la titular. ``que``: lo hostil, para decirlo si falla."""
        ambiente = {"HTTP_COOKIE": self.galleta} | como.pop("environ_overrides", {})
        respuesta = self.cliente.open(direccion, method=metodo, buffered=True, environ_overrides=ambiente, **como)
        respuesta = self.lo_que_se_regresa(respuesta, ambiente)
        if respuesta.status_code >= 500:
            self.malas.append((metodo, direccion[:120], str(que)[:200]))
        if metodo == "POST" and not self._se_conserva:
            self.como_estaba()
        return respuesta

    def lo_que_se_regresa(self, respuesta: Any, ambiente: dict[str, Any]) -> Any:
        """Sin guiones, la página de un envío espera en otra dirección (``vistas/regreso.py``)."""
        donde = respuesta.headers.get("Location", "")
        if respuesta.status_code != 303 or not regreso.trae_ficha(donde):
            return respuesta
        return self.cliente.get(donde, buffered=True, environ_overrides=ambiente)

    def entrar(self, usuario: str | None) -> tuple[str, str]:
        """Una sesión de esa cuenta (o de nadie): su galleta y su ficha. Después va :meth:`guardar`."""
        oficina = Oficina(self.app, usuario)
        ficha = oficina.ficha()
        galleta = oficina.cliente.get_cookie("sesion")
        assert galleta is not None
        return f"sesion={galleta.value}", ficha

    def guardar(self) -> None:
        """Desde ahora, a esto vuelve después de cada envío."""
        with closing(conexion.abrir(self.ruta)) as db:
            assert conexion.vaciar_bitacora(db)
        self.guardada = self.ruta.read_bytes()

    def como_estaba(self) -> None:
        for lado in ("-wal", "-shm"):
            Path(f"{self.ruta}{lado}").unlink(missing_ok=True)
        self.ruta.write_bytes(self.guardada)
        for archivo, (contenido, hora) in self.sueltos.items():
            if not archivo.exists() or archivo.stat().st_mtime_ns != hora:
                archivo.write_bytes(contenido)
                os.utime(archivo, ns=(hora, hora))

    @contextmanager
    def conservando(self) -> Iterator[None]:
        """Lo que se mande aquí adentro se queda hasta salir."""
        self._se_conserva = True
        try:
            yield
        finally:
            self._se_conserva = False
            self.como_estaba()

    def evento(self, id: str) -> dict[str, Any]:
        with closing(conexion.abrir(self.ruta)) as db:
            return eventos.leer(db, id) or {}

    def rutas(self, metodo: str) -> list[str]:
        """Cada dirección con sus huecos llenos de algo que existe."""
        reglas = [regla for regla in self.app.url_map.iter_rules() if metodo in (regla.methods or ())]
        return [self.llenar(regla.rule) for regla in reglas if "filename" not in regla.arguments]

    def llenar(self, regla: str, **otros: str) -> str:
        de_que = next(parte for parte in self.huecos if parte in regla)
        llenos = self.huecos[""] | self.huecos[de_que] | otros
        return re.sub(r"<(?:int:)?(\w+)>", lambda hueco: llenos[hueco[1]], regla)


def _de_todo(
    datos: Path, elenco: SimpleNamespace, fabrica: Fabrica, azar: Random
) -> tuple[dict[str, dict[str, str]], str]:
    """Llena la base; dice con qué se llena cada hueco, por lo que su dirección lleva, y el permiso de un teléfono."""
    lugar = Instalacion(datos)
    db = conexion.abrir(lugar.privada)
    telefono, llave = dispositivos.alta(db, "Moto", elenco.promotora.id, HORA, azar)
    permiso = dispositivos.alta(db, "ODK", elenco.promotora.id, HORA, azar, clase="odk")[1]
    alta = dispositivos.ofrecer_alta(db, elenco.promotora.id, HORA, azar)[0]
    registros = [
        fabrica.asistencia(evento="no existe"),
        fabrica.asistencia(nombre="Ana", hora="0001-01-01T00:00:00+14:00", sesgo_ms=-(10**12)),
        fabrica.conteo(hora="9999-12-31T23:59:59-12:00", sesgo_ms=10**12),
    ]
    fabrica.mandar(db, *registros, dispositivo_id=telefono)
    vieja = cuentas.crear(db, usuario="vieja", nombre="Vieja", rol="promotora", contrasena=CONTRASENA, ahora=HORA)
    cuentas.desactivar(db, vieja)
    eventos.cancelar(db, eventos.crear(db, evento_de_prueba(titulo="Otra"), HORA, azar), HORA)
    clave = borradores.crear(db, "La feria", minutos=2, ahora=HORA)
    borradores.guardar(db, _feria(borradores.leer(db, clave).borrador), revision=1, ahora=HORA)
    encuesta = Instrumento.de_dict(instrumentos.leer(db, "satisfaccion", 1).a_dict() | {"clave": "llegada"})
    huella = importadas.dejar(db, encuesta, [], "llegada.csv", HORA)
    huecos = {
        "/panel/eventos": {"id": elenco.evento_id},
        "/panel/cuarentena": {"id": cuarentena.listar(db)[0]["id"]},
        "/panel/cuentas": {"id": vieja},
        "/panel/actividades": {"id": _actividad(db, azar), "linea": "M6", "huella": _archivo_en_espera(db)},
        "/panel/catalogos": {"catalogo": "tema", "clave": "igualdad"},
        "/panel/papeleria": {"clave": "prevencion"},
        "/panel/papel/": {"id": _hoja(db, lugar, elenco.evento_id)},
        "/panel/evidencias": {"id": _evidencia(db, lugar, elenco.evento_id)},
        "/panel/series": {"id": _serie(db, azar)},
        "/panel/directorio": {"id": directorio.listar(db)[0]["id"]},
        "/panel/telefonos/altas": {"id": alta},
        "/panel/telefonos": {"id": telefono},
        "/panel/instrumentos/<clave>/editar": {"clave": clave},
        "/panel/poa": {"ejercicio": "2026", "linea": "M4", "trimestre": "3"},
        "/panel/informes": {"id": _informe(db, lugar), "ejercicio": "2026", "periodo": "t4", "linea": "M4"},
        "/panel/": {"clave": "satisfaccion"},
        "/openrosa": {"id": f"satisfaccion-{elenco.clave}"},
        "": {
            "id": elenco.evento_id,
            "llave": "otra",
            "clave": elenco.clave,
            "version": "1",
            "pregunta": "P3",
            "huella": huella,
            "n": "1",
            "permiso": permiso,
        },
    }
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.conn.close()
    return huecos, llave


def _serie(db: Any, azar: Random) -> str:
    datos, fechas = evento_de_prueba(titulo="Curso"), ["2026-12-01", "2026-12-08"]
    id = reglas.nuevo_id(azar)
    series.crear(db, id=id, nombre="Curso", nota=None, datos=datos, fechas=fechas, ahora=HORA, azar=azar)
    return id


def _actividad(db: Any, azar: Random) -> str:
    datos = {"linea": "M6", "tipo": "asesoria_juridica", "fecha": "2026-02-03", "cantidad": 2}
    return actividades.crear(db, datos, ahora=HORA, quien="titular", azar=azar)


def _archivo_en_espera(db: Any) -> str:
    datos = {"linea": "M6", "tipo": "asesoria_juridica", "fecha": "2026-02-03", "cantidad": 2}
    buena = {"fila": 2, "celdas": {}, "datos": datos, "errores": [], "avisos": []}
    mala = {"fila": 3, "celdas": {"tipo": "x"}, "datos": None, "errores": ["Tipo: no está."], "avisos": []}
    leido = {"archivo": "a.csv", "avisos": [], "sobran": [], "renglones": [buena, mala]}
    espera.dejar(db, "actividades", "a" * 64, leido, HORA)
    return "a" * 64


def _hoja(db: Any, lugar: Instalacion, evento_id: str) -> str:
    hoja, renglon = "0b5c1c3e-8a55-4d0e-9d5e-5a1f3d1c2b10", "0b5c1c3e-8a55-4d0e-9d5e-5a1f3d1c2b11"
    filas = [papel.PorGuardar(renglon, "M", "30-44", "rancho", "Ana")]
    de = {"hoja_id": hoja, "evento_id": evento_id, "origen": "papel", "sello": lugar.sello}
    papel.guardar(db, filas, **de, ahora=HORA, quien="titular")
    return hoja


def _informe(db: Any, lugar: Instalacion) -> str:
    cifras = informar.cifras(db, lugar, periodos.todos(2026)[3], HORA.date())
    return informar.guardar(db, cifras, id=reglas.nuevo_id(Random(3)), ahora=HORA, quien="Titular")


def _evidencia(db: Any, lugar: Instalacion, evento_id: str) -> str:
    como = {"evento_id": evento_id, "clase": "hoja", "ahora": HORA, "quien": "titular", "azar": Random(4)}
    return evidencias.guardar(db, lugar.evidencias, b"una foto", **como)


def _feria(borrador: edicion.Borrador) -> edicion.Borrador:
    """Un borrador con una pregunta de cada tipo, dos condiciones y algo quitado."""
    borrador = edicion.agregar(borrador, tipo="entero", texto="¿Cuántas?")
    borrador = edicion.agregar(borrador, tipo="una", texto="¿Vino?", opciones=["Sí", "No"])
    for tipo in edicion.TIPOS:
        borrador = edicion.agregar(borrador, tipo=tipo, texto=f"¿{tipo}?", opciones=["Sí", "No"])
    borrador = edicion.mostrar_si(borrador, "P3", Condicion("P1", "mayor", "2"), Condicion("P2", "es", "si"))
    return edicion.quitar(borrador, "P4")
