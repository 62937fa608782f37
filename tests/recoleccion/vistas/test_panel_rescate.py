"""Subir archivos de rescate por el panel: qué se dice, cuánto se acepta y quién puede."""

import io

import pytest
from fabrica import Fabrica, contar
from test_firmas import Telefono

from recoleccion.consultas import rescate as consulta
from recoleccion.vistas.panel import rescate as vista
from tests.recoleccion.vistas.oficina import Oficina, leer
from tests.rescate import archivo

DIRECCION = "/panel/telefonos/rescate"


@pytest.fixture
def titular(app) -> Oficina:
    return Oficina(app, "titular")


@pytest.fixture
def fabrica(instalacion, elenco) -> Fabrica:
    return Fabrica(instalacion.sello, elenco.evento_id)


@pytest.fixture
def doce(base, fabrica, elenco, azar) -> list[dict]:
    rosa = Telefono(base, fabrica, elenco.promotora.id, azar)
    return [rosa.firmar(fabrica.asistencia()) for _ in range(12)]


def subir(titular: Oficina, *contenidos: bytes):
    archivos = [(io.BytesIO(contenido), f"rescate-{n}.jornada") for n, contenido in enumerate(contenidos, 1)]
    return titular.post(DIRECCION, archivos=archivos)


def test_se_llega_desde_telefonos_y_dice_cuantos_nuevos(titular, doce, base):
    assert DIRECCION in titular.get("/panel/telefonos").text
    pagina = subir(titular, archivo(doce))
    assert pagina.status_code == 200
    assert "rescate-1.jornada 12 registros nuevos. 0 que ya estaban. 0 en revisión." in leer(pagina)
    assert "Ver lo que está por revisar" not in pagina.text
    assert contar(base, "asistencia") == 12
    assert "12 nuevos" in str([tuple(f) for f in base.execute("SELECT * FROM bitacora")])
    assert "0 registros nuevos. 12 que ya estaban." in leer(subir(titular, archivo(doce)))
    assert contar(base, "asistencia") == 12


def test_varios_archivos_uno_malo_no_detiene_a_los_demas(titular, doce, fabrica, base):
    cortado, ajeno = archivo(doce)[:-900], b"%PDF-1.7"
    sin_firma = archivo([fabrica.sellar(fabrica.conteo())])
    pagina = subir(titular, ajeno, cortado, sin_firma)
    dicho = leer(pagina)
    assert "rescate-1.jornada Ese archivo no es de rescate de jornada" in dicho
    assert "11 registros nuevos" in dicho
    assert "1 registro no llegó entero" in dicho
    assert "1 en revisión" in dicho
    assert "/panel/cuarentena" in pagina.text
    assert contar(base, "asistencia") == 11


def test_sin_archivo_o_con_puros_ajenos_no_se_finge_exito(titular):
    assert subir(titular).status_code == 422
    assert subir(titular, b"hola").status_code == 422


def test_uno_de_varios_megas_entra_aunque_el_resto_del_sitio_acepte_menos(titular, doce, base):
    contenido = archivo([uno | {"deMas": "x" * 400_000} for uno in doce])
    partes = [
        b'name="csrf_token"\r\n\r\n' + titular.ficha().encode(),
        b'name="archivos"; filename="a"\r\n\r\n' + contenido,
    ]
    cuerpo = b"".join(b"--corte\r\nContent-Disposition: form-data; " + parte + b"\r\n" for parte in partes)
    pagina = titular.cliente.post(
        DIRECCION, data=cuerpo + b"--corte--\r\n", content_type="multipart/form-data; boundary=corte"
    )
    assert pagina.status_code == 200
    assert "12 registros nuevos" in leer(pagina)


def test_uno_demasiado_grande_se_dice_en_palabras_y_no_se_toma(titular, doce, base, monkeypatch):
    monkeypatch.setattr(consulta, "MAX_BYTES", 5_000)
    pagina = subir(titular, archivo(doce))
    assert pagina.status_code == 422
    assert "demasiado grande" in leer(pagina)
    monkeypatch.setattr(vista, "_MAX_SUBIDA", 5_000)
    pagina = subir(titular, archivo(doce))
    assert pagina.status_code == 413
    assert "Súbalos de uno en uno" in leer(pagina)
    assert contar(base, "asistencia") == 0


def test_sin_ficha_csrf_no_se_toma_nada(titular, doce, base):
    respuesta = titular.cliente.post(DIRECCION, data={"archivos": (io.BytesIO(archivo(doce)), "a.jornada")})
    assert respuesta.status_code == 400
    assert contar(base, "asistencia") == 0


def test_la_promotora_no_puede_subirlo(app, doce, base):
    assert subir(Oficina(app, "promotora"), archivo(doce)).status_code == 403
    assert contar(base, "asistencia") == 0


def test_el_nombre_del_archivo_no_es_codigo_de_la_pagina(titular, doce):
    pagina = titular.post(DIRECCION, archivos=[(io.BytesIO(archivo(doce)), "<script>x.jornada")])
    assert "<script>x" not in pagina.text
