"""Un día de oficina con nombres, por HTTP contra ``jornada servir`` de verdad, con sus temporales a la vista.

Cada camino por el que entra un nombre lleva uno distinto: si alguno aparece en el disco, se sabe por dónde salió.
"""

import json
import os
import re
import signal
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from random import Random
from typing import Any

from pyrage import x25519

from recoleccion.consultas import (
    conexion,
    cuaderno_llaves,
    cuarentena,
    cuentas,
    dispositivos,
    eventos,
    hojas_a_medias,
    identidades,
    ranuras,
    recepcion,
)
from recoleccion.instalacion import Instalacion, ahora
from recoleccion.preparar import preparar
from recoleccion.respaldos import hacer, levantar
from recoleccion.respaldos import llave as llave_de_papel
from recoleccion.sellado import b64, leer_llave, sellar_identidad
from tests.elenco import CONTRASENA, evento_de_prueba
from tests.fotos import de_telefono
from tests.llave import FRASE, crear_llave
from tests.muchas import sello as de_una_pagina
from tests.navegador.procesos import Servidor
from tests.recoleccion.fabrica import Fabrica
from tests.recoleccion.vistas.llenado import campos_de

NOMBRES = {
    "la página": ("Xiomara Íñiguez", "3787774401"),
    "la página, pero lo manda un programa": ("Ifigenia Ñuño", "3787774402"),
    "el teléfono": ("Zenobia Plascencia", "3787774403"),
    "un teléfono con la aplicación de antes": ("Hermelinda Jáuregui", "3787774404"),
    "un evento que aquí no existe": ("Radegunda Orozco", "3787774405"),
    "una hoja de papel": ("Quiteria Barajas", "3787774406"),
    "una hoja a medias": ("Walburga Tejeda", "3787774407"),
    "una lista de archivo": ("Escolástica Ruvalcaba", "3787774408"),
    "el nombre de una foto": ("Tiburcia Padilla", "3787774409"),
    "una solicitud ARCO": ("Teodolinda Gutiérrez", "3787774410"),
    "lo que se mandaba cuando se acabó la sesión": ("Leocadia Mercado", "3787774412"),
}
FRASE_NUEVA = "otra frase larga para la oficina"


class Navegador:
    """Sin guiones: galletas, formularios y a dónde lo mandan."""

    def __init__(self, sitio: str) -> None:
        self.sitio = sitio
        self._abre = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def pedir(self, ruta: str, cuerpo: bytes | None = None, **cabeceras: str) -> tuple[int, bytes]:
        pedido = urllib.request.Request(self.sitio + ruta, cuerpo, {"Origin": self.sitio, **cabeceras})
        try:
            with self._abre.open(pedido, timeout=60) as respuesta:
                return respuesta.status, respuesta.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def ver(self, ruta: str) -> str:
        estado, cuerpo = self.pedir(ruta)
        assert estado == 200, (estado, ruta)
        return cuerpo.decode("utf-8", "replace")

    def mandar(self, ruta: str, campos: Mapping[str, Any], *, bien: bool = True) -> str:
        cuerpo = urllib.parse.urlencode(campos, doseq=True).encode()
        estado, pagina = self.pedir(ruta, cuerpo)
        assert not bien or estado == 200, (estado, ruta, pagina[-600:])
        return pagina.decode("utf-8", "replace")

    def llenar(self, desde: str, con: str, **campos: Any) -> str:
        """Abre la página, llena el formulario que tiene el campo ``con`` y lo manda a donde dice."""
        pagina = self.ver(desde)
        accion = re.search(rf'<form[^>]*action="([^"]*)"(?:(?!</form>).)*name="{re.escape(con)}"', pagina, re.S)
        return self.mandar(accion[1] if accion else desde, campos_de(pagina, con) | campos)

    def subir(self, desde: str, ruta: str, campo: str, nombre: str, contenido: bytes, **campos: str) -> str:
        ficha = campos_de(self.ver(desde), "csrf_token")["csrf_token"][0]
        partes = [f'Content-Disposition: form-data; name="{c}"\r\n\r\n{v}'.encode()
                  for c, v in ({"csrf_token": ficha} | campos).items()]  # fmt: skip
        cabeza = f'Content-Disposition: form-data; name="{campo}"; filename="{nombre}"\r\n\r\n'
        partes.append(cabeza.encode() + contenido)
        cuerpo = b"".join(b"--corte\r\n" + parte + b"\r\n" for parte in partes) + b"--corte--\r\n"
        estado, pagina = self.pedir(ruta, cuerpo, **{"Content-Type": "multipart/form-data; boundary=corte"})
        assert estado == 200, (estado, ruta)
        return pagina.decode("utf-8", "replace")


def oficina(datos: Path) -> tuple[str, str, str]:
    """Una carpeta con su llave y un evento abierto hoy; devuelve su id, su código y el permiso de un teléfono."""
    hoy, azar = ahora(), Random(8)
    preparar(datos, usuario="titular", contrasena=CONTRASENA, ahora=hoy)
    with closing(conexion.abrir(datos / "privada.db")) as base:
        crear_llave(base, Instalacion(datos).sello)
        evento = evento_de_prueba(fecha=hoy.date().isoformat(), hora_inicio="00:00", hora_fin="23:59")
        id = eventos.crear(base, evento, hoy, azar)
        eventos.abrir(base, id, hoy)
        promotora = cuentas.crear(
            base, usuario="rosa", nombre="Rosa", rol="promotora", contrasena=CONTRASENA, ahora=hoy
        )
        _, permiso = dispositivos.alta(base, "Teléfono de Rosa", promotora, hoy, azar)
        leido = eventos.leer(base, id)
        assert leido is not None
        return id, str(leido["clave"]), permiso


def pasar(datos: Path, afuera: Path) -> list[str]:
    """Todo el día. ``afuera``: lo que se baja o se respalda. Devuelve los caminos cuyo nombre leyó la titular."""
    evento, clave, permiso = oficina(datos)
    with _servir(datos, afuera) as sitio:
        _llegan(Navegador(sitio), datos, clave)
        _manda_el_telefono(Navegador(sitio), datos, evento, permiso)
        titular = Navegador(sitio)
        titular.llenar("/panel/entrar", "usuario", usuario="titular", contrasena=CONTRASENA)
        _se_pasa_el_papel(titular, evento)
        _piden_sus_derechos(titular)
        leidos = _se_leen(titular, evento, afuera)
        _se_respalda(datos, afuera)
        _se_cambia_la_llave(titular)
        _se_acaba_la_sesion(Navegador(sitio), titular)
    return leidos


@contextmanager
def _servir(datos: Path, afuera: Path) -> Iterator[str]:
    """Con sus temporales en ``afuera``: lo que el proceso escriba, ahí se ve."""
    temporales = afuera / "temporales"
    temporales.mkdir(parents=True)
    antes = {nombre: os.environ.get(nombre) for nombre in ("TMPDIR", "HOME")}
    os.environ |= {"TMPDIR": str(temporales), "HOME": str(temporales)}
    servidor = Servidor(datos)
    try:
        yield servidor.app
    finally:
        for nombre, valor in antes.items():
            os.environ.pop(nombre) if valor is None else os.environ.__setitem__(nombre, valor)
        os.kill(servidor.pid, signal.SIGKILL)  # como cuando se roban la computadora: con la bitácora WAL sin vaciar
        servidor.cerrar()


def _llegan(asistente: Navegador, datos: Path, clave: str) -> None:
    for camino, trampa in (("la página", ""), ("la página, pero lo manda un programa", "compre aquí")):
        nombre, telefono = NOMBRES[camino]
        campos = campos_de(asistente.ver(f"/{clave}/r"), "id")
        campos |= {"nace": [de_una_pagina(datos, clave, campos["id"][0])], "asunto": [trampa]}
        asistente.mandar(
            f"/{clave}/r",
            campos | {"sexo": "M", "edad": "30-44", "procedencia": "cabecera", "nombre": nombre, "telefono": telefono},
        )
    # El nombre donde no va: en la dirección, en el código y como usuario.
    raro = urllib.parse.quote(NOMBRES["la página"][0])
    for direccion in (f"/{raro}", f"/?c={raro}", f"/panel/eventos?texto={raro}", f"/panel/{raro}"):
        asistente.pedir(direccion)
    campos = campos_de(asistente.ver("/panel/entrar"), "usuario")
    asistente.mandar("/panel/entrar", campos | {"usuario": NOMBRES["la página"][0], "contrasena": "x"}, bien=False)


def _manda_el_telefono(telefono: Navegador, datos: Path, evento: str, permiso: str) -> None:
    fabrica = Fabrica(Instalacion(datos).sello, evento, semilla=3)
    with closing(conexion.abrir(datos / "privada.db", solo_lectura=True)) as base:
        llave = leer_llave(str(identidades.punto(base)))
    registros = []
    for camino, ajeno in (
        ("el teléfono", None),
        ("un teléfono con la aplicación de antes", None),
        ("un evento que aquí no existe", "11111111-1111-4111-8111-111111111111"),
    ):
        nombre, numero = NOMBRES[camino]
        registro = fabrica.asistencia(nombre=nombre, telefono=numero, **({"evento": ajeno} if ajeno else {}))
        registro["hora"] = ahora().isoformat()
        if camino == "el teléfono":
            del registro["datos"]["nombre"], registro["datos"]["telefono"]
            registro["datos"]["identidad"] = b64(sellar_identidad(llave, registro["id"], nombre, numero))
        registros.append(fabrica.sellar(registro))
    estado, cuerpo = telefono.pedir(
        "/api/v1/lote", fabrica.lote(*registros),
        **{"Authorization": f"Bearer {permiso}", "Content-Type": "application/json"},
    )  # fmt: skip
    assert estado == 200
    assert [acuse["estado"] for acuse in json.loads(cuerpo)["acuses"]] == ["aceptado", "aceptado", "retenido"]


def _se_pasa_el_papel(titular: Navegador, evento: str) -> None:
    """Una hoja guardada, otra a medias, una lista de archivo, y la foto de la lista con un nombre en el suyo."""
    direccion = f"/panel/eventos/{evento}/papel"
    for camino, a in (("una hoja de papel", "lista"), ("una hoja a medias", "borrador")):
        nombre, telefono = NOMBRES[camino]
        campos = campos_de(titular.ver(f"{direccion}/lista"), "pagina")
        for campo, valor in (("nombre", nombre), ("sexo", "M"), ("edad", "40"), ("procedencia", "cabecera"),
                             ("telefono", telefono)):  # fmt: skip
            campos[campo][0] = valor
        titular.mandar(f"{direccion}/{a}", campos)
    nombre, telefono = NOMBRES["una lista de archivo"]
    filas = f"Nombre,Sexo,Edad,Procedencia,Teléfono\n{nombre},M,40,cabecera,{telefono}\n".encode()
    relleno = ("Relleno,M,40,cabecera,\n" * 10).encode()
    titular.subir(f"{direccion}/archivo", f"{direccion}/archivo", "archivo", f"{nombre}.csv", filas + relleno)
    titular.pedir(f"/panel/eventos/{evento}/evidencias/aviso")
    foto, (nombre, _) = de_telefono(), NOMBRES["el nombre de una foto"]
    assert len(foto) > 600_000, "que pase de lo que cabe en la memoria de quien recibe"
    titular.subir(
        f"/panel/eventos/{evento}/evidencias", f"/panel/eventos/{evento}/evidencias", "fotos", f"{nombre}.jpg", foto,
        clase="hoja",
    )  # fmt: skip


def _piden_sus_derechos(titular: Navegador) -> None:
    nombre, telefono = NOMBRES["una solicitud ARCO"]
    titular.llenar(
        "/panel/derechos/nueva", "derecho", derecho="acceso", via="persona", nombre=nombre, avisar=telefono,
        pide=f"Quiero saber qué tienen de {nombre}.",
    )  # fmt: skip


def _se_leen(titular: Navegador, evento: str, afuera: Path) -> list[str]:
    """La titular los abre y los ve; baja lo que no debe llevar nombres. Los caminos cuyo nombre se leyó."""
    lista = f"/panel/eventos/{evento}/lista"
    titular.llenar(lista, "frase", frase=FRASE, razon="lista")
    visto = titular.ver(lista)
    for pagina in ("lista.pdf", "repetidas", "evidencias", "hoja-de-evidencia.pdf", "papel/lista"):
        titular.ver(f"/panel/eventos/{evento}/{pagina}")
    solicitud = re.search(r'href="(/panel/derechos/[0-9a-f-]{36})"', titular.ver("/panel/derechos"))
    assert solicitud
    visto += titular.ver(solicitud[1])
    hoja = re.search(r"hoja=([0-9a-f-]{36})", titular.ver(f"/panel/eventos/{evento}/papel"))
    assert hoja
    visto += titular.ver(f"/panel/eventos/{evento}/papel/lista?hoja={hoja[1]}")
    bajadas = afuera / "bajadas"
    bajadas.mkdir()
    for n, ruta in enumerate(("/panel/bitacora/hoja.csv", "/panel/informes/2026/anual", "/panel/cuarentena")):
        (bajadas / str(n)).write_text(titular.ver(ruta), "utf-8")
    return [camino for camino, (nombre, _) in NOMBRES.items() if nombre in visto]


def _se_respalda(datos: Path, afuera: Path) -> None:
    """Con su llave de papel; y se levanta en otra carpeta, para que también se busque adentro."""
    papel = llave_de_papel.nueva()
    llave_de_papel.guardar(datos, papel.publica)
    hecho = hacer.respaldar(Instalacion(datos), afuera / "respaldos", ahora())
    with closing(conexion.abrir(datos / "privada.db", solo_lectura=True)) as base:
        assert base.execute("SELECT count(*) FROM identidad").fetchone()[0]
    copia = cuaderno_llaves.lugar(datos)
    levantar.restaurar(
        hecho.archivo, Instalacion(afuera / "levantada"), [x25519.Identity.from_str(papel.identidad)], ahora(),
        Random(4), copia.read_bytes(),
    )  # fmt: skip


def _se_cambia_la_llave(titular: Navegador) -> None:
    titular.llenar("/panel/llave/cambio", "actual", actual=FRASE, nueva=FRASE_NUEVA, repetida=FRASE_NUEVA)
    for _ in range(100):
        if "Ver el código nuevo" in titular.ver("/panel/llave/cambio/avance"):
            break
    titular.llenar("/panel/llave", "frase", frase=FRASE_NUEVA, razon="lista")


def _se_acaba_la_sesion(otra: Navegador, titular: Navegador) -> None:
    """Con la solicitud escrita y la sesión cerrada, lo escrito se lleva en la página hasta volver a entrar."""
    nombre, telefono = NOMBRES["lo que se mandaba cuando se acabó la sesión"]
    campos = campos_de(titular.ver("/panel/derechos/nueva"), "derecho")
    titular.mandar("/panel/salir", {"csrf_token": campos["csrf_token"]})
    campos |= {"derecho": "acceso", "via": "persona", "nombre": nombre, "avisar": telefono, "pide": "saber"}
    titular.mandar("/panel/derechos/nueva", campos, bien=False)


def lo_que_abren_las_llaves_del_servidor(datos: Path) -> Iterator[tuple[str, bytes]]:
    """Todo lo sellado que se abre con lo que hay en la carpeta: la llave del servidor y el cuaderno."""
    sello = Instalacion(datos).sello
    with closing(conexion.abrir(datos / "privada.db")) as base:
        for fila in cuarentena.guardadas(base):
            yield "cuarentena", repr(recepcion.abrir_guardado(bytes(fila["bytes"]), sello)).encode()
        for id, sobre in identidades.guardados(base):
            yield f"identidad {id}", sobre
        for hoja in base.execute("SELECT id FROM hoja_borrador").fetchall():
            for renglon in hojas_a_medias.sobres(base, hoja["id"]).values():
                yield "hoja a medias", json.dumps(dict(renglon)).encode()
        for fila in base.execute("SELECT id, sobre, ranura FROM solicitud WHERE sobre IS NOT NULL").fetchall():
            yield "solicitud", ranuras.una(base, fila["ranura"]).descubrir(fila["id"], bytes(fila["sobre"]))
