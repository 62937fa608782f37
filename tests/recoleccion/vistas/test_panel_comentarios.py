"""Los textos libres: la titular dice de qué tratan, los cuenta y los borra; nadie más los ve."""

from pathlib import Path

import pytest
from oficina import Oficina, leer

from recoleccion.consultas import bitacora, comentarios, urna

TEXTOS = {"c1": "Que empiece <a tiempo>", "c2": "¿Cuánto cuesta la asesoría?", "c3": "Más sillas, por favor"}


@pytest.fixture
def titular(app) -> Oficina:
    return Oficina(app, "titular")


@pytest.fixture
def con_textos(base):
    for id, texto in TEXTOS.items():
        base.execute("INSERT INTO comentario VALUES (?, '2026-11', 'prevencion', 'satisfaccion', 'S7', ?)", [id, texto])
    return base


def test_se_clasifican_en_una_lista_cerrada_y_se_cuentan(titular, con_textos):
    respuesta = titular.post("/panel/comentarios", **{"de-c1": "horario", "de-c2": "tramite", "de-c3": "inventada"})
    assert respuesta.status_code == 303
    assert comentarios.claves(con_textos) == {"c1": "horario", "c2": "tramite"}
    pagina = titular.get("/panel/comentarios")
    assert "Que empiece &lt;a tiempo&gt;" in pagina.text
    assert "Horario o lugar: 1" in leer(pagina)
    assert pagina.text.count(" selected>") == 2
    titular.post("/panel/comentarios", **{"de-c1": "", "de-c2": "tramite", "de-no": "otra"})
    assert comentarios.claves(con_textos) == {"c2": "tramite"}


def test_al_borrar_los_clasificados_quedan_las_cuentas_y_ningun_byte_del_texto(titular, con_textos, datos: Path):
    titular.post("/panel/comentarios", **{"de-c1": "horario", "de-c2": "horario"})
    assert "Borrar 2 textos clasificados" in titular.texto("/panel/comentarios")
    titular.post("/panel/comentarios/borrado")
    assert [c["texto"] for c in urna.comentarios(con_textos)] == [TEXTOS["c3"]]
    assert comentarios.cuentas(con_textos) == {"horario": 2}
    assert "Horario o lugar: 2" in titular.texto("/panel/comentarios")
    crudo = b"".join(ruta.read_bytes() for ruta in datos.glob("privada.db*"))
    assert [t for t in TEXTOS.values() if t.encode() in crudo] == [TEXTOS["c3"]]


def test_lo_ya_borrado_no_se_vuelve_a_clasificar(titular, con_textos):
    titular.post("/panel/comentarios", **{"de-c1": "horario"})
    titular.post("/panel/comentarios/borrado")
    titular.post("/panel/comentarios", **{"de-c1": "otra"})
    assert comentarios.cuentas(con_textos) == {"horario": 1}
    assert "Borrar" not in titular.texto("/panel/comentarios")


def test_la_bitacora_dice_que_se_clasifico_y_no_que_decian(titular, con_textos):
    titular.post("/panel/comentarios", **{"de-c1": "horario"})
    fila = bitacora.listar(con_textos)[0]
    assert (fila["accion"], fila["objeto"], fila["detalle"]) == ("clasificar textos", "comentarios", "")


def test_solo_la_titular_los_ve_y_los_toca(app, con_textos):
    promotora = Oficina(app, "promotora")
    assert promotora.get("/panel/comentarios").status_code in (302, 303, 403)
    assert promotora.post("/panel/comentarios", **{"de-c1": "otra"}).status_code == 403
    assert promotora.post("/panel/comentarios/borrado").status_code == 403
    assert comentarios.claves(con_textos) == {}
