"""Cada ruta con lo que se le ocurra a Hypothesis (huecos, argumentos, cuerpo, cabeceras), mandado igual por nadie, por
la promotora, por la analista y por la titular de otra oficina. Por la titular de ésta: ``test_hostil.py``.

A cada ruta le tocan dos envíos por persona, siempre los mismos; con ``JORNADA_AZAR=30`` (en ``make nocturna``), treinta
y cada vez otros, también por la titular.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect, Rule
from werkzeug.test import TestResponse

from recoleccion.consultas import bitacora, conexion, cuentas
from recoleccion.consultas.esquema_bitacora import CABEZA
from recoleccion.instalacion import Instalacion
from tests.avance import avance
from tests.elenco import HORA, Reloj
from tests.recoleccion.vistas.hostil import AMBIENTES, VALORES, nombres_leidos
from tests.recoleccion.vistas.mundo import Mundo
from tests.recoleccion.vistas.oficina import crear_cuenta
from tests.seguridad import matriz
from tests.seguridad.espia import todo_lo_guardado

VECES = int(os.environ.get("JORNADA_AZAR", "2"))
AJUSTES = settings(
    deadline=None, database=None, derandomize=VECES <= 2, max_examples=VECES,
    phases=[Phase.generate] if VECES <= 2 else [Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
ACTORES = ("nadie", "promotora", "analista", "otra oficina", *(["titular"] if VECES > 2 else []))
CANARIOS = {
    "cuenta": "UPDATE cuenta SET nombre = 'canario-cuenta' WHERE usuario = 'vieja'",
    "dispositivo": "UPDATE dispositivo SET nombre = 'canario-dispositivo'",
    "evento": "UPDATE evento SET titulo = 'canario-evento' WHERE titulo = 'Otra'",
    "serie": "UPDATE serie SET nombre = 'canario-serie'",
}
"""Lo que se le pone a la base de esta oficina y no debe leer quien no es de ella."""
VE = {"promotora": {"evento", "serie", "dispositivo"}, "titular": {*CANARIOS, "bitacora"}}
"""De eso, lo que cada quien sí ve: la promotora, los eventos y qué teléfonos deben algo."""
DE_CUENTA = {"cuenta", "sesion", "codigo_unico", "llave_acceso", "segundo_paso", "dispositivo"}
"""De estas tablas nadie cambia un renglón que no sea de su cuenta."""
CAMBIAN = {"bitacora", "asistencia", "identidad", "cuaderno", "cuarentena", "recibido", "urna"}
"""Las otras que puede cambiar lo que se abre a quien no es la titular: lo de las páginas de asistentes."""
SE_GUARDA = re.compile(r"/static/|/favicon\.ico|/campo/(sw\.js|lector\.js|manifest\.webmanifest)?$")
"""Lo que es igual para todo el mundo: lo demás va con «no-store»."""


# --- Lo que se manda ------------------------------------------------------------------------------------------------

HOSTIL = st.sampled_from(VALORES) | st.text(max_size=20) | st.binary(max_size=12)
NOMBRES = st.sampled_from(nombres_leidos()) | st.text(min_size=1, max_size=6)
CAMPOS = st.dictionaries(NOMBRES, HOSTIL, min_size=1, max_size=6)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda hijos: st.lists(hijos, max_size=3) | st.dictionaries(NOMBRES, hijos, max_size=3),
    max_leaves=6,
)
CUERPOS = st.one_of(
    CAMPOS.map(lambda campos: {"data": campos}),
    JSON.map(lambda todo: {"json": todo}),
    st.builds(
        lambda bytes, tipo: {"data": bytes, "content_type": tipo},
        st.binary(max_size=60),
        st.sampled_from(["application/json", "multipart/form-data; boundary=a", "text/xml", "text/plain", ""]),
    ),
)


@st.composite
def ataques(draw: Any, regla: Rule) -> dict[str, Any]:
    huecos = {h: draw(st.none() | HOSTIL) for h in sorted(regla.arguments)}
    return {
        "huecos": {h: valor for h, valor in huecos.items() if valor is not None},
        "argumentos": draw(st.just({}) | CAMPOS),
        "cuerpo": draw(CUERPOS),
        "ambiente": draw(st.sampled_from([{}, {}, *AMBIENTES])),
    }


# --- Lo que no debe pasar -------------------------------------------------------------------------------------------


class Oficina:
    """Esta oficina, con canarios, y lo que cada quien trae para entrar. ``malas``: lo que no debió pasar."""

    def __init__(self, carpeta: Path, preparados: Path, elenco: Any) -> None:
        datos, de_otra = (Path(shutil.copytree(preparados, carpeta / cual / "datos")) for cual in ("esta", "otra"))
        for propia in ("servidor.pem", "sesion.key", "publicacion.key"):
            (de_otra / "claves" / propia).unlink()
        Instalacion(de_otra, Reloj()).crear_claves()
        with closing(conexion.abrir(datos / "privada.db")) as base:
            crear_cuenta(base, "analista")
        self.mundo, self.otra = Mundo(datos, elenco), Mundo(de_otra, elenco, semilla=10)
        with closing(conexion.abrir(self.mundo.ruta)) as base:
            for orden in CANARIOS.values():
                base.execute(orden)
            bitacora.anotar(base, HORA, "canario-bitacora", "algo", "x")
        self.trae = {quien: self.mundo.entrar(quien) for quien in ("promotora", "analista")}
        with closing(conexion.abrir(self.mundo.ruta, solo_lectura=True)) as base:
            self.cuenta = {cuenta.usuario: cuenta.id for cuenta in cuentas.listar(base)}
            suya = base.execute("SELECT id FROM sesion WHERE cuenta_id = ?", [self.cuenta["titular"]]).fetchone()[0]
        self.mundo.huecos = {"/panel/sesiones": {"id": suya}} | self.mundo.huecos
        self.trae |= {"titular": (self.mundo.galleta, self.mundo.ficha)}
        self.trae |= {"nadie": self.mundo.entrar(None), "otra oficina": (self.otra.galleta, self.otra.ficha)}
        self.mundo.guardar()
        self.mundo.como_estaba()
        self.guardado = todo_lo_guardado(self.mundo.ruta)
        self.tabla, self.mapa = matriz.tabla(), self.mundo.app.url_map.bind("localhost")
        self.malas: list[str] = []

    def mandar(self, quien: str, metodo: str, regla: Rule, ataque: dict[str, Any]) -> None:
        galleta, ficha = self.trae[quien]
        ambiente = {"HTTP_COOKIE": galleta, "HTTP_X_CSRFTOKEN": ficha, "HTTP_SEC_FETCH_SITE": "same-origin"}
        huecos = {hueco: _en_direccion(valor) for hueco, valor in ataque["huecos"].items()}
        if quien == "otra oficina":
            ambiente["HTTP_AUTHORIZATION"] = f"Bearer {self.otra.llave}"
            huecos = {hueco: self.otra.huecos[""][hueco] for hueco in ("permiso", "llave")} | huecos
        direccion = self.mundo.llenar(regla.rule.replace("<path:", "<"), **huecos)
        como: dict[str, Any] = dict(ataque["cuerpo"]) if metodo == "POST" else {}
        if isinstance(como.get("data"), dict):
            como["data"] = como["data"] | {"csrf_token": ficha}
        como |= {"query_string": ataque["argumentos"], "environ_overrides": ambiente | ataque["ambiente"]}
        antes = self._marca()
        enviada = self.mundo.cliente.open(direccion, method=metodo, buffered=True, **como)
        respuesta = self.mundo.lo_que_se_regresa(enviada, ambiente)
        cambio = self._cambio(quien) if self._marca() != antes else set()
        que = f"{quien} {metodo} {direccion[:80]} {respuesta.status_code}"
        puede = self._puede(quien, metodo, direccion)
        self.malas += [f"{que}: {mal}" for mal in _mal(quien, puede, respuesta, cambio)]

    def _marca(self) -> list[tuple[int, int]]:
        """Cambia si alguien escribió en la base."""
        archivos = [archivo for archivo in (self.mundo.ruta, Path(f"{self.mundo.ruta}-wal")) if archivo.exists()]
        return [(archivo.stat().st_mtime_ns, archivo.stat().st_size) for archivo in archivos]

    def _cambio(self, quien: str) -> set[str]:
        """Las tablas en que algo que no es de su cuenta ya no está como estaba; y quedan otra vez como estaban."""
        ahora, suya = todo_lo_guardado(self.mundo.ruta), self.cuenta.get(quien, "de nadie")
        self.mundo.como_estaba()
        distintos = {tabla: set(filas) ^ set(self.guardado[tabla]) for tabla, filas in ahora.items()}
        distintos["ajuste"] = {fila for fila in distintos["ajuste"] if CABEZA not in fila}
        return {t for t, filas in distintos.items() if any(t not in DE_CUENTA or suya not in fila for fila in filas)}

    def _puede(self, quien: str, metodo: str, direccion: str) -> bool:
        """Si lo que atiende esa dirección se abre a esa persona; lo que nadie atiende, a nadie le hace nada."""
        try:
            regla, _ = self.mapa.match(unquote(direccion), method=metodo, return_rule=True)
        except (HTTPException, RequestRedirect):
            return False
        de = "nadie" if quien == "otra oficina" else quien
        return de in self.tabla[matriz.renglon_de(regla.rule, self.tabla)]


def _en_direccion(valor: str | bytes) -> str:
    return quote(valor[:400] if isinstance(valor, bytes) else valor[:400].encode("utf-8", "replace"), safe="") or "x"


def _mal(quien: str, puede: bool, respuesta: TestResponse, cambio: set[str]) -> Iterator[str]:
    cabeceras, direccion = respuesta.headers, respuesta.request.path
    politica = cabeceras.get("Content-Security-Policy", "'unsafe-todo'")
    if respuesta.status_code >= 500:
        yield "falló"
    if cabeceras.get("X-Content-Type-Options") != "nosniff" or "'unsafe-" in politica:
        yield "sin sus cabeceras"
    if cabeceras.get("Cache-Control") != "no-store" and not SE_GUARDA.match(direccion):
        yield "se puede guardar"
    if "Access-Control-Allow-Origin" in cabeceras:
        yield "la puede leer otro sitio"
    if not puede and respuesta.status_code < 300:
        yield "le contestó"
    permitido = set(CAMBIAN) if puede else set()
    if direccion.startswith("/openrosa/"):
        permitido.add("dispositivo")  # cuándo se vio: la dirección es su permiso
    if quien != "titular" and (sobran := cambio - permitido):
        yield f"cambió {sorted(sobran)}"
    for canario in sorted({*CANARIOS, "bitacora"} - VE.get(quien, set())):
        if f"canario-{canario}".encode() in respuesta.data:
            yield f"leyó de {canario}"


@pytest.fixture(scope="module")
def oficina(_datos_preparados, tmp_path_factory: pytest.TempPathFactory) -> Oficina:
    return Oficina(tmp_path_factory.mktemp("azar"), *_datos_preparados)


def probar(oficina: Oficina, *solo: str) -> list[str]:
    """Todas las rutas, o sólo las de esas vistas."""
    oficina.malas.clear()
    for regla in avance("rutas", list(oficina.mundo.app.url_map.iter_rules())):
        for metodo in sorted((regla.methods or set()) & {"GET", "POST"}):
            if "filename" not in regla.arguments and (not solo or regla.endpoint in solo):
                _una(oficina, metodo, regla)
    return sorted(set(oficina.malas))


def _una(oficina: Oficina, metodo: str, regla: Rule) -> None:
    @settings(AJUSTES)
    @given(ataque=ataques(regla))
    def mandar(ataque: dict[str, Any]) -> None:
        for quien in ACTORES:
            oficina.mandar(quien, metodo, regla, ataque)

    mandar()


def test_nada_de_lo_que_mande_quien_no_es_de_la_oficina_falla_lee_ni_cambia_nada(oficina: Oficina) -> None:
    assert probar(oficina) == []


def test_un_json_que_no_es_un_objeto_no_tumba_la_entrada_del_telefono(oficina: Oficina) -> None:
    """Lo halló la corrida larga."""
    oficina.malas.clear()
    regla = next(regla for regla in oficina.mundo.app.url_map.iter_rules() if regla.rule == "/campo/entrar")
    for todo in ([1], 0, "x", None, [[1, 2, 3]]):
        ataque = {"huecos": {}, "argumentos": {}, "cuerpo": {"json": todo}, "ambiente": {}}
        oficina.mandar("nadie", "POST", regla, ataque)
    assert oficina.malas == []


def test_el_control_una_ruta_olvidada_se_nota(oficina: Oficina, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tres sin su permiso, una que falla y una que otro sitio puede leer y guardar."""
    vistas, olvidadas = oficina.mundo.app.view_functions, ("panel.cuentas_lista", "panel.bitacora", "panel.cierre")
    for vista in olvidadas:
        monkeypatch.setitem(vistas, vista, vistas[vista].__wrapped__)
    monkeypatch.setitem(vistas, "asistente.ayuda", lambda: 1 / 0)
    monkeypatch.setitem(vistas, "asistente.salir", lambda: ("x", _ABIERTAS))
    malas = "\n".join(probar(oficina, *olvidadas, "asistente.ayuda", "asistente.salir"))
    for quien in ("nadie", "promotora", "analista", "otra oficina"):
        assert f"{quien} GET /panel/cuentas 200: leyó de cuenta" in malas
    assert "promotora GET /panel/bitacora 200: leyó de bitacora" in malas
    assert re.search(r"^nadie POST /panel/eventos/\S+/cierre \d+: cambió .*'evento'", malas, re.M)
    assert "nadie GET /ayuda 500: falló" in malas
    for mal in ("sin sus cabeceras", "se puede guardar", "la puede leer otro sitio"):
        assert f"nadie GET /salir 200: {mal}" in malas


_ABIERTAS = {
    "Content-Security-Policy": "script-src 'unsafe-inline'",
    "Cache-Control": "public",
    "Access-Control-Allow-Origin": "*",
}
