"""Nada de lo que alguien mande da un 500: lo hostil en cada campo, argumento, hueco de dirección y cabecera.

A cada campo le tocan unos cuantos valores, por turno; con ``JORNADA_HOSTILES=99`` (en ``make nocturna``), todos.
"""

import json
import os
import shutil
from io import BytesIO
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
from flask import request

from recoleccion.sellado import INFO_REGISTRO, b64
from recoleccion.vistas import api, openrosa
from tests.avance import avance
from tests.recoleccion.vistas.hostil import AMBIENTES, TEXTO, VALORES, Forma, Valor, formas_de, nombres_leidos
from tests.recoleccion.vistas.mundo import Mundo

POR_CAMPO = min(int(os.environ.get("JORNADA_HOSTILES", "2")), len(VALORES))
LENTAS = ("/entrar", "/turno", "/llave", "/contrasena", "/cuentas")
"""Las que calculan argon2, que tarda a propósito."""
_TURNO = cycle(VALORES)


def valores(direccion: str) -> list[Valor]:
    """Los que le tocan a un campo de esa dirección."""
    return list(islice(_TURNO, 1 if any(parte in direccion for parte in LENTAS) else POR_CAMPO))


@pytest.fixture(scope="module")
def mundo(_datos_preparados, tmp_path_factory: pytest.TempPathFactory) -> Mundo:
    preparados, elenco = _datos_preparados
    return Mundo(Path(shutil.copytree(preparados, tmp_path_factory.mktemp("hostil") / "datos")), elenco)


@pytest.fixture(autouse=True)
def _de_nuevo(mundo: Mundo) -> None:
    mundo.malas.clear()
    mundo.como_estaba()


def formas(mundo: Mundo) -> list[Forma]:
    """Los formularios de todas las páginas, sin repetir."""
    preguntas = [f"/panel/instrumentos/la_feria/editar/pregunta/P{n}" for n in (2, 5, 6, 9)]
    halladas: dict[tuple[str, tuple[str, ...]], Forma] = {}
    for direccion in [*mundo.rutas("GET"), *preguntas]:
        respuesta = mundo.pedir("GET", direccion)
        if respuesta.mimetype == "text/html":
            for forma in formas_de(respuesta.text, direccion):
                halladas.setdefault((forma.direccion, tuple(sorted(forma.campos))), forma)
    return list(halladas.values())


def test_ningun_formulario_falla_con_un_campo_hostil(mundo: Mundo):
    todas = formas(mundo)
    assert len(todas) > 40
    for forma in avance("formularios", todas):
        for nombre in forma.campos.keys() - {"csrf_token"}:
            for datos in forma.con(valores(forma.direccion), nombre):
                mundo.pedir("POST", forma.direccion, f"{nombre}={datos[nombre]!r}", data=datos)
    assert mundo.malas == []


def test_ninguna_ruta_que_recibe_falla_con_todo_lo_que_lee_hostil(mundo: Mundo):
    """También las que en esta base no tienen su formulario a la vista."""
    nombres = nombres_leidos()
    assert {"version", "resolucion", "folio", "si_numero", "usuario"} <= set(nombres)
    for direccion in avance("rutas que reciben", mundo.rutas("POST")):
        for valor in valores(direccion):
            datos = {**dict.fromkeys(nombres, valor), "csrf_token": mundo.ficha}
            mundo.pedir("POST", direccion, repr(valor), data=datos)
            texto = (
                valor
                if isinstance(valor, str)
                else valor.decode(errors="surrogatepass" if b"\xed" in valor else "replace")
            )
            mundo.pedir("POST", direccion, repr(valor), json=dict.fromkeys(nombres, texto))
            crudo = valor if isinstance(valor, bytes) else valor.encode()
            mundo.pedir("POST", direccion, repr(valor), data=crudo, content_type="application/json")
    assert mundo.malas == []


def test_ninguna_direccion_ni_argumento_hostil_falla(mundo: Mundo):
    nombres = nombres_leidos()
    for direccion in avance("direcciones", mundo.rutas("GET")):
        for valor in ["9" * 25, *valores(direccion)]:
            mundo.pedir("GET", direccion, repr(valor), query_string=dict.fromkeys(nombres, valor))
    for regla in mundo.app.url_map.iter_rules():
        for hueco in regla.arguments:
            texto = [str(valor)[:900].replace("/", "") or "x" for valor in valores("")]
            for valor in ["9" * 20, "9" * 5000, "0", "٣"] if f"<int:{hueco}>" in regla.rule else texto:
                direccion = mundo.llenar(regla.rule.replace("<path:", "<"), **{hueco: valor})
                for metodo in sorted((regla.methods or set()) & {"GET", "POST"}):
                    mundo.pedir(metodo, direccion, f"{hueco}={valor!r}", data={"csrf_token": mundo.ficha})
    assert mundo.malas == []


def test_ninguna_cabecera_hostil_falla(mundo: Mundo):
    asistente = mundo.llenar("/<clave>/r")
    peticiones = [
        ("GET", "/"), ("GET", asistente), ("POST", asistente), ("GET", "/panel/eventos"), ("POST", "/panel/salir"),
        ("GET", "/static/css/panel.css"), ("POST", f"{api.PREFIJO}/lote"), ("GET", f"{api.PREFIJO}/dispositivo"),
        ("POST", mundo.llenar(f"{openrosa.PREFIJO}/<permiso>/submission")), ("GET", "/campo/"),
    ]  # fmt: skip
    for ambiente in AMBIENTES:
        for metodo, direccion in peticiones:
            mundo.pedir(metodo, direccion, ambiente, environ_overrides=ambiente)
    assert mundo.malas == []


RAROS = ["=1 \uffff\ufffe raro", "\u2028\u202e 🌸 ﷽ raro", "<&\"'> ]]> a\0b\x0b raro"]
DONDE_SE_ESCRIBE = [
    "/panel/eventos/<id>/editar", "/panel/directorio/<id>", "/panel/ajustes", "/panel/aviso/editar",
    "/panel/instrumentos/<clave>/editar/portada", "/panel/instrumentos/<clave>/editar/pregunta/<pregunta>",
    "/panel/instrumentos/<clave>/editar/pregunta", "/panel/instrumentos/nueva", "/<clave>/r",
]  # fmt: skip


@pytest.mark.parametrize("raro", RAROS)
def test_lo_raro_que_se_guarda_se_ve_se_imprime_y_se_baja(mundo: Mundo, raro: str):
    with mundo.conservando():
        for regla in DONDE_SE_ESCRIBE:
            _escribir(mundo, mundo.llenar(regla), raro)
        editar = mundo.llenar("/panel/instrumentos/<clave>/editar")
        pagina = mundo.pedir("GET", editar).text
        version = next(forma for forma in formas_de(pagina, editar) if forma.direccion.endswith("/version"))
        assert mundo.pedir("POST", version.direccion, raro, data=version.campos).status_code == 303
        vacio = "/panel/eventos/nuevo"
        nuevo = next(forma for forma in formas_de(mundo.pedir("GET", vacio).text, vacio) if forma.textos)
        datos = nuevo.campos | {"titulo": raro, "sede": raro, "encuestas": "la_feria"}
        creado = mundo.pedir("POST", nuevo.direccion, raro, data=datos)
        assert creado.status_code == 303
        evento = creado.headers["Location"]
        feria = "/panel/instrumentos/la_feria/1"
        for direccion in [
            *mundo.rutas("GET"), evento, f"{evento}/cartel.pdf", f"{evento}/lista.pdf", f"{evento}/editar", feria,
            f"{feria}/papel.pdf", f"{feria}/hoja.xlsx", f"{feria}/hoja.csv", f"{feria}/vista",
        ]:  # fmt: skip
            mundo.pedir("GET", direccion, raro)
        permiso = {"HTTP_AUTHORIZATION": f"Bearer {mundo.llave}"}
        assert mundo.pedir("GET", f"{api.PREFIJO}/paquete", raro, environ_overrides=permiso).status_code == 200
        clave = mundo.evento(evento.rpartition("/")[2])["clave"]
        forma = mundo.llenar(f"{openrosa.PREFIJO}/<permiso>/forms/la_feria-{clave}.xml")
        assert ElementTree.fromstring(mundo.pedir("GET", forma, raro).data).tag.endswith("html")
        hoja = openpyxl.load_workbook(BytesIO(mundo.pedir("GET", f"{feria}/hoja.xlsx", raro).data))
        assert "raro" in str(list(hoja["survey"].values))
    assert mundo.malas == []


def _escribir(mundo: Mundo, direccion: str, raro: str) -> None:
    """Llena con eso el primer formulario de la página en que se escribe, y lo manda."""
    pagina = mundo.pedir("GET", direccion).text
    forma = next(forma for forma in formas_de(pagina, direccion) if forma.textos)
    datos = {c: raro if c in forma.textos and (v == TEXTO or c in TITULOS) else v for c, v in forma.campos.items()}
    respuesta = mundo.pedir("POST", forma.direccion, f"{direccion} {raro!r}", data=datos)
    assert respuesta.status_code in (303, 500), (direccion, datos)


TITULOS = {
    "titulo",
    "sede",
    "nombre",
    "servicio",
    "intro",
    "texto",
    "ayuda",
    "oficina",
    "municipio",
    "integral",
    "cierre",
}


@pytest.mark.parametrize("hondura", [20, 40, 900, 950, 960, 970, 975, 980, 985, 990, 3000])
def test_un_registro_demasiado_hondo_se_aparta_y_los_demas_de_su_lote_se_guardan(mundo: Mundo, hondura: int):
    bueno, hondo = mundo.fabrica.conteo(), mundo.fabrica.asistencia(nombre="Ana")
    texto = json.dumps(hondo)[:-2] + f', "x": {"[" * hondura}{"]" * hondura}}}}}'
    sellado = {"id": hondo["id"], "sobre": b64(mundo.fabrica.sello.sellar(texto.encode(), INFO_REGISTRO))}
    respuesta = _mandar_lote(mundo, mundo.fabrica.lote(mundo.fabrica.sellar(bueno), sellado))
    estados = [acuse["estado"] for acuse in respuesta.get_json()["acuses"]]
    assert estados == ["aceptado", "aceptado" if hondura < 30 else "retenido"]
    crudo = mundo.fabrica.lote({"id": "x", "sobre": "HONDO"}).replace(b'"HONDO"', b"[" * hondura + b"]" * hondura)
    assert _mandar_lote(mundo, crudo).status_code == (200 if hondura < 30 else 400)
    assert mundo.malas == []


def _de_rescate(total: bytes, sha256: bytes, registro: bytes) -> bytes:
    cabeza = b'{"formato":"jornada-rescate","version":1,"total":%s,"sha256":%s,"registros":[' % (total, sha256)
    return b"%s\n%s\n]}" % (cabeza, registro)


@pytest.mark.parametrize(
    "contenido",
    [
        b"", b"\xff\xfe", b"[" * 9000,
        _de_rescate(b"9" * 400, b"7", b'{"id":"x","sobre":"A","dispositivo":"\\ud800"}'),
        _de_rescate(b"9" * 5000, b'"x"', b""),
        _de_rescate(b"1e999", b"null", b'{"id":"\\ud800","sobre":"\\u0000"}'),
        _de_rescate(b"-1", b'"\\ud800"', b'{"id":{"a":' * 2000),
    ],
)  # fmt: skip
def test_un_archivo_de_rescate_hostil_no_falla(mundo: Mundo, contenido: bytes):
    datos = {"csrf_token": mundo.ficha, "archivos": (BytesIO(contenido), "a\0b.jornada")}
    mundo.pedir("POST", "/panel/telefonos/rescate", contenido[:90], data=datos)
    assert mundo.malas == []


def _mandar_lote(mundo: Mundo, cuerpo: bytes) -> Any:
    permiso = {"HTTP_AUTHORIZATION": f"Bearer {mundo.llave}"}
    return mundo.pedir(
        "POST", f"{api.PREFIJO}/lote", data=cuerpo, content_type="application/json", environ_overrides=permiso
    )


def test_el_control_un_int_sin_cota_se_descubre(mundo: Mundo, monkeypatch: pytest.MonkeyPatch):
    def olvidada(clave: str) -> str:
        escrito = request.form["numero"]
        return str(int(escrito) if escrito.isdigit() else 0)

    monkeypatch.setitem(mundo.app.view_functions, "asistente.sin_nombre", olvidada)
    for valor in VALORES:
        mundo.pedir("POST", mundo.llenar("/<clave>/n"), valor, data={"numero": valor})
    assert {que[:1] for _, _, que in mundo.malas} == {"9", "²"}
