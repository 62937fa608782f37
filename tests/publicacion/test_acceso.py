"""Entrar al portal como analista, consultar con SQL, salir; y lo que el público no puede. Por HTTP, sin JavaScript."""

import gzip
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from urllib.parse import quote, urlencode

import pytest
from consultas_hostiles import HOSTILES
from direcciones_malas import ESCONDIDAS, MAL_ESCRITAS, TRAMPOSAS
from publica_chica import construir

from publicacion import analistas, lanzar
from publicacion.acceso import GALLETA, LENTO
from publicacion.cabeceras import CABECERAS
from publicacion.fallas import POR_HORA

SQL = "/publica.json?_shape=array&sql=" + quote("SELECT sexo, asistencias FROM asistencias_por_sexo")


@dataclass(frozen=True)
class Respuesta:
    estado: int
    cabeceras: dict[str, str]
    cuerpo: bytes

    @property
    def texto(self) -> str:
        return self.cuerpo.decode("utf-8", "replace")


def pedir(
    puerto: int, ruta: str, metodo: str = "GET", *, datos: dict[str, str] | None = None, **cabeceras: str
) -> Respuesta:
    """Tal cual, sin seguir redirecciones. ``cabeceras``: con guion bajo en vez de guion."""
    con = HTTPConnection("127.0.0.1", puerto, timeout=30)
    with closing(con):
        dichas = {k.replace("_", "-"): v for k, v in cabeceras.items()}
        cuerpo = None
        if datos is not None:
            cuerpo = urlencode(datos)
            dichas["Content-Type"] = "application/x-www-form-urlencoded"
        con.request(metodo, ruta, cuerpo, dichas)
        r = con.getresponse()
        return Respuesta(r.status, {k.lower(): v for k, v in r.getheaders()}, r.read())


@pytest.fixture
def sitio(tmp_path: Path, puerto: int, lanzar_datasette: Callable[[list[str]], None]) -> Path:
    ruta = construir(tmp_path / "publica.db")
    lanzar_datasette(lanzar.orden(ruta, puerto))
    return ruta


def _alta(ruta: Path, nombre: str, semilla: int = 1) -> str:
    return analistas.alta(
        analistas.ruta_de(ruta), nombre, hoy=datetime.now().astimezone().date(), azar=Random(semilla)
    )[0]


def _entrar(puerto: int, token: str, **cabeceras: str) -> Respuesta:
    return pedir(puerto, "/entrar", "POST", datos={"token": token}, **cabeceras)


def _galleta(respuesta: Respuesta) -> str:
    return respuesta.cabeceras["set-cookie"].partition(";")[0]


def test_el_acceso_entero(sitio: Path, puerto: int) -> None:
    """Un solo proceso para todo: arrancarlo es lo que tarda."""
    _el_publico_lee_y_no_consulta(puerto)
    _con_su_acceso_consulta_y_al_salir_ya_no(puerto, sitio)
    _un_programa_manda_su_acceso_en_la_cabecera(puerto, sitio)
    _quitarle_el_acceso_corta_su_sesion(puerto, sitio)
    _un_acceso_malo_se_contesta_despacio_y_no_frena_a_los_buenos(puerto, sitio)
    _otro_sitio_no_puede_mandar_el_formulario(puerto, sitio)
    _lo_que_se_pasa_se_dice_en_espanol(puerto, sitio)
    _los_metodos_y_cuerpos_raros_se_rechazan(puerto)
    _las_cabeceras_van_en_todo(puerto)
    _una_direccion_mal_escrita_se_dice_y_no_llena_la_bitacora(puerto, sitio)
    _ninguna_ruta_tramposa_redirige_ni_ensena_nada(puerto, sitio)
    _las_descargas_son_de_la_publicacion_en_servicio(puerto, sitio)
    _lo_ya_visto_se_contesta_igual_y_mas_ligero(puerto)
    _unas_hostiles_a_la_vez_no_tiran_el_portal(puerto, sitio)


def _el_publico_lee_y_no_consulta(puerto: int) -> None:
    for ruta in (SQL, "/publica?sql=select+1", "/publica/asistencia_cubo?_where=1=1", "/publica.csv?sql=select+1"):
        assert pedir(puerto, ruta).estado == 403, ruta
    assert pedir(puerto, SQL, Cookie=f"{GALLETA}=inventada; ds_actor=x").estado == 403
    desde = time.monotonic()
    assert pedir(puerto, SQL, Authorization="Bearer AN" + "0" * 25).estado == 403
    assert time.monotonic() - desde >= LENTO
    for ruta in ("/", "/publica/asistencias_por_sexo", "/entrar", "/descargas", "/consultar"):
        respuesta = pedir(puerto, ruta)
        assert respuesta.estado == (303 if ruta == "/consultar" else 200), ruta
        assert "set-cookie" not in respuesta.cabeceras, ruta
        assert "<script" not in respuesta.texto


def _con_su_acceso_consulta_y_al_salir_ya_no(puerto: int, sitio: Path) -> None:
    entrada = _entrar(puerto, _alta(sitio, "Ana Reyes").lower().replace("-", " "))
    assert (entrada.estado, entrada.cabeceras["location"]) == (303, "/consultar")
    partes = {p.strip().lower() for p in entrada.cabeceras["set-cookie"].split(";")[1:]}
    assert {"httponly", "samesite=strict", "max-age=28800", "path=/"} <= partes
    assert "secure" not in partes
    galleta = _galleta(entrada)
    pagina = pedir(puerto, "/consultar", Cookie=galleta)
    assert "Consultar con SQL" in pagina.texto
    assert "Ana Reyes" in pagina.texto
    assert "/salir" in pagina.texto
    assert pagina.cabeceras["cache-control"] == "private, no-store"
    datos = pedir(puerto, SQL, Cookie=galleta)
    assert json.loads(datos.texto) == [
        {"sexo": "Mujer", "asistencias": 100},
        {"sexo": "Hombre", "asistencias": None},
    ]
    html = pedir(puerto, SQL.replace(".json", "").replace("_shape=array&", ""), Cookie=galleta)
    assert "<textarea" in html.texto
    assert 'class="protegido"' in html.texto
    csv = pedir(puerto, SQL.replace(".json", ".csv"), Cookie=galleta)
    assert csv.texto.splitlines() == ["sexo,asistencias", "Mujer,100", "Hombre,"]
    filtrada = pedir(puerto, "/publica/asistencia_cubo.json?_shape=array&_where=n+%3E+5&_sort=grupo", Cookie=galleta)
    assert [f["grupo"] for f in json.loads(filtrada.texto)] == ["M", "todas"]
    assert pedir(puerto, SQL).estado == 403  # lo de una sesión no se queda en la memoria de páginas
    salida = pedir(puerto, "/salir", "POST", datos={}, Cookie=galleta)
    assert salida.estado == 303
    assert "max-age=0" in salida.cabeceras["set-cookie"].lower()
    assert _galleta(salida) in (f"{GALLETA}=", f'{GALLETA}=""')
    segura = _entrar(puerto, _alta(sitio, "Otra", 2), X_Forwarded_Proto="https")
    assert "; secure" in segura.cabeceras["set-cookie"].lower()
    # Cambiar una letra de la firma no entra.
    assert pedir(puerto, SQL, Cookie=galleta[:-1] + ("A" if galleta[-1] != "A" else "B")).estado == 403


def _un_programa_manda_su_acceso_en_la_cabecera(puerto: int, sitio: Path) -> None:
    token = _alta(sitio, "Un guion", 3)
    assert len(json.loads(pedir(puerto, SQL, Authorization=f"Bearer {token}").texto)) == 2
    assert pedir(puerto, SQL + "&token=" + token).estado == 403  # en la dirección no: queda en los historiales


def _quitarle_el_acceso_corta_su_sesion(puerto: int, sitio: Path) -> None:
    token = _alta(sitio, "Se va", 4)
    galleta = _galleta(_entrar(puerto, token))
    assert pedir(puerto, SQL, Cookie=galleta).estado == 200
    analistas.baja(analistas.ruta_de(sitio), "Se va")
    assert pedir(puerto, SQL, Cookie=galleta).estado == 403
    assert pedir(puerto, SQL, Authorization=f"Bearer {token}").estado == 403
    assert _entrar(puerto, token).estado == 403


def _un_acceso_malo_se_contesta_despacio_y_no_frena_a_los_buenos(puerto: int, sitio: Path) -> None:
    bueno = _alta(sitio, "Con prisa", 5)
    with ThreadPoolExecutor(24) as hilos:
        desde = time.monotonic()
        malas = [hilos.submit(_entrar, puerto, "AN" + "0" * 25) for _ in range(23)]
        assert _entrar(puerto, bueno).estado == 303
        estados = sorted(m.result().estado for m in malas)
        assert time.monotonic() - desde >= LENTO
    assert set(estados) == {403, 429}
    assert estados.count(403) <= 20


def _otro_sitio_no_puede_mandar_el_formulario(puerto: int, sitio: Path) -> None:
    token = _alta(sitio, "Cruzada", 6)
    assert _entrar(puerto, token, Sec_Fetch_Site="cross-site").estado == 403
    assert _entrar(puerto, token, Origin="https://malo.example").estado == 403
    assert _entrar(puerto, token, Sec_Fetch_Site="same-origin").estado == 303
    assert pedir(puerto, "/salir", "POST", datos={}, Sec_Fetch_Site="cross-site").estado == 403


def _lo_que_se_pasa_se_dice_en_espanol(puerto: int, sitio: Path) -> None:
    galleta = _galleta(_entrar(puerto, _alta(sitio, "Hostil", 7)))
    for sql, frase in {
        HOSTILES["recursiva sin fin"]: "tardó más de 2 segundos",
        "SELECT zeroblob(1e9)": "un millón de letras",
        "SELECT nada": "SQLite dice: no such column: nada",
        "SELECT load_extension('x')": "Aquí sólo se puede leer",
    }.items():
        respuesta = pedir(puerto, "/publica?sql=" + quote(sql), Cookie=galleta)
        assert respuesta.estado == 400, sql
        assert frase in respuesta.texto, respuesta.texto
        assert "<script" not in respuesta.texto


def _los_metodos_y_cuerpos_raros_se_rechazan(puerto: int) -> None:
    for metodo in ("PUT", "DELETE", "TRACE", "DATA", "AS_CSV"):  # las últimas, funciones de Datasette
        respuesta = pedir(puerto, "/publica", metodo)
        assert (respuesta.estado, respuesta.cabeceras["allow"]) == (405, "GET, HEAD, OPTIONS"), metodo
    for ruta in ("/", "/publica", "/publica/asistencia_cubo", "/-/auth-token", "/-/logout"):
        assert pedir(puerto, ruta, "POST", datos={"a": "b"}).estado == 405
    assert pedir(puerto, "/entrar", "POST", datos={"token": "A" * 5_000}).estado == 413
    assert pedir(puerto, "/publica", "OPTIONS").estado == 204
    assert pedir(puerto, "/entrar", "OPTIONS").cabeceras["allow"] == "GET, HEAD, OPTIONS, POST"
    for ruta in ("/", "/publica/asistencia_cubo", "/publica/asistencia_cubo.csv", "/descargas/datos.xlsx", "/nada"):
        con, sin = pedir(puerto, ruta), pedir(puerto, ruta, "HEAD")
        assert (sin.estado, sin.cuerpo) == (con.estado, b""), ruta
        assert sin.cabeceras["content-type"] == con.cabeceras["content-type"]


def _las_cabeceras_van_en_todo(puerto: int) -> None:
    casos = {
        ("/", "GET"): 200, ("/nada", "GET"): 404, ("/consultar", "GET"): 303, ("/%5cx", "GET"): 400,
        ("/publica?sql=select+1", "GET"): 403, ("/", "PUT"): 405, ("/", "OPTIONS"): 204, ("/publica/", "GET"): 302,
        ("/entrar", "POST"): 403, ("/publica.db", "GET"): 200, ("/favicon.ico", "GET"): 200,
        ("/robots.txt", "GET"): 200,
    }  # fmt: skip
    for (ruta, metodo), estado in casos.items():
        respuesta = pedir(puerto, ruta, metodo, datos={} if metodo == "POST" else None)
        assert respuesta.estado == estado, (ruta, metodo)
        for clave, valor in CABECERAS.items():
            assert respuesta.cabeceras[clave.decode()] == valor.decode(), (ruta, metodo)
    etag = pedir(puerto, "/").cabeceras["etag"]
    ya = pedir(puerto, "/", If_None_Match=etag)
    assert (ya.estado, ya.cuerpo) == (304, b"")
    assert ya.cabeceras["cache-control"] == "no-cache"
    assert ya.cabeceras["content-security-policy"]


def _una_direccion_mal_escrita_se_dice_y_no_llena_la_bitacora(puerto: int, sitio: Path) -> None:
    bitacora = sitio.with_name("datasette.log")
    antes = bitacora.read_text().count("Traceback")
    for consulta in MAL_ESCRITAS * 12:
        respuesta = pedir(puerto, "/publica/asistencia_cubo" + consulta)
        assert respuesta.estado in (200, 400), consulta
        assert "No entendimos" in respuesta.texto or respuesta.estado == 200
    for ruta in ("/publica/asistencia_cubo/a", "/publica/asistencia_cubo/~ff", "/publica.csv"):
        assert pedir(puerto, ruta).estado == 400
    dicha = json.loads(pedir(puerto, "/publica/asistencia_cubo.json?_sort=nada").texto)
    assert dicha == {
        "ok": False, "error": "La dirección pide algo que no existe, o está mal escrita.", "status": 400, "title": None,
    }  # fmt: skip
    assert bitacora.read_text().count("Traceback") - antes <= POR_HORA


def _ninguna_ruta_tramposa_redirige_ni_ensena_nada(puerto: int, sitio: Path) -> None:
    for ruta in TRAMPOSAS:
        respuesta = pedir(puerto, ruta)
        assert (respuesta.estado, respuesta.cabeceras.get("location")) == (400, None), ruta
    for ruta in ESCONDIDAS:
        respuesta = pedir(puerto, ruta)
        assert respuesta.estado in (403, 404), ruta
        assert str(sitio.parent) not in respuesta.texto
    # Control: una diagonal de más al final sí se corrige, y sólo hacia aquí mismo.
    assert pedir(puerto, "/publica/").cabeceras["location"] == "/publica"
    assert pedir(puerto, "/a%C3%B1o").cabeceras["location"] == "/a~C3~B1o"


def _las_descargas_son_de_la_publicacion_en_servicio(puerto: int, sitio: Path) -> None:
    pagina = pedir(puerto, "/descargas").texto
    carpeta = next((sitio.parent / "publica.descargas").iterdir())
    for nombre in ("datos.xlsx", "datos-csv.zip", "datos-parquet.zip", "datos.sqlite"):
        bajada = pedir(puerto, f"/descargas/{nombre}")
        assert bajada.cuerpo == (carpeta / nombre).read_bytes()
        assert bajada.cabeceras["x-jornada-entrega"] == carpeta.name
        assert "attachment" in bajada.cabeceras["content-disposition"]
        assert f"/descargas/{nombre}" in pagina
    assert pedir(puerto, "/publica.db").cuerpo == sitio.read_bytes()
    carpeta.rename(carpeta.with_name("otra"))
    assert "no están" in pedir(puerto, "/descargas?otra").texto
    assert pedir(puerto, "/descargas/datos.xlsx?otra").estado == 404


def _lo_ya_visto_se_contesta_igual_y_mas_ligero(puerto: int) -> None:
    primera = pedir(puerto, "/publica/asistencias_por_sexo?_size=7")
    segunda = pedir(puerto, "/publica/asistencias_por_sexo?_size=7")
    assert primera.cuerpo == segunda.cuerpo
    chica = pedir(puerto, "/publica/asistencias_por_sexo?_size=7", Accept_Encoding="gzip")
    assert chica.cabeceras["content-encoding"] == "gzip"
    assert gzip.decompress(chica.cuerpo) == primera.cuerpo
    assert len(chica.cuerpo) < len(primera.cuerpo) / 2
    # Otro anfitrión no envenena la página de los demás.
    pedir(puerto, "/publica/asistencias_por_edad", Host="malo.example")
    limpia = pedir(puerto, "/publica/asistencias_por_edad")
    assert "malo.example" not in limpia.texto + str(limpia.cabeceras)


def _unas_hostiles_a_la_vez_no_tiran_el_portal(puerto: int, sitio: Path) -> None:
    """Siete; las veinte, con sus tiempos y su memoria, en ``bench/datasette.py``."""
    galleta = _galleta(_entrar(puerto, _alta(sitio, "Ejército", 8)))
    consultas = list(HOSTILES.values())[1::3]
    with ThreadPoolExecutor(24) as hilos:
        hostiles = [hilos.submit(pedir, puerto, "/publica.json?sql=" + quote(sql), Cookie=galleta) for sql in consultas]
        normales = []
        while not all(h.done() for h in hostiles):
            normales.append(pedir(puerto, "/publica/asistencias_por_sexo?_size=9").estado)
            time.sleep(0.05)
        estados = {h.result().estado for h in hostiles}
    assert estados <= {200, 400, 503}, estados
    assert 400 in estados
    assert normales
    assert set(normales) == {200}
    assert pedir(puerto, SQL, Cookie=galleta).estado == 200


def test_el_secreto_de_las_sesiones_es_privado_y_dura(tmp_path: Path) -> None:
    publica = tmp_path / "publica.db"
    uno = lanzar.entorno({"PATH": "/bin"}, ruta_publica=publica)
    assert len(uno["DATASETTE_SECRET"]) == 64
    assert (tmp_path / "publica.secreto").stat().st_mode & 0o777 == 0o600
    assert lanzar.entorno({}, ruta_publica=publica)["DATASETTE_SECRET"] == uno["DATASETTE_SECRET"]
    assert uno["DATASETTE_SECRET"] not in " ".join(lanzar.orden(construir(publica), 8123))
    (tmp_path / "publica.secreto").write_text("roto")
    assert len(lanzar.entorno({}, ruta_publica=publica)["DATASETTE_SECRET"]) == 64
