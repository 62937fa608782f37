"""El directorio: convenios, quién verificó y cuándo, orden, y lo usado que se retira en vez de borrarse."""

import re

import pytest

from recoleccion.consultas import ajustes, directorio, eventos, trimestres
from recoleccion.vistas.paquete_campo import armar
from tests.elenco import HORA, evento_de_prueba
from tests.recoleccion.vistas.oficina import Oficina, leer

DIF = {"nombre": "DIF municipal", "servicio": "Psicología", "telefono": "378 715 0000", "en_ayuda": "y"}


@pytest.fixture
def titular(app) -> Oficina:
    return Oficina(app, "titular")


def nueva(titular, base, **cambios) -> dict:
    assert titular.post("/panel/directorio/nueva", **DIF | cambios).status_code == 303
    return next(linea for linea in directorio.listar(base) if linea["nombre"] == (DIF | cambios)["nombre"])


def test_un_convenio_se_anota_y_cuando_vence_se_dice(titular, base):
    nueva(titular, base, convenio="Convenio de canalización", convenio_hasta="2026-12-31", domicilio="Morelos 1")
    assert "Convenio de canalización: hasta el 31/12/2026" in titular.texto("/panel/directorio")
    nueva(titular, base, nombre="Otra", convenio="Viejo", convenio_hasta="2026-01-31")
    assert "Viejo: venció el 31/01/2026" in titular.texto("/panel/directorio")
    assert "Venció el convenio con «Otra» Fue el sábado 31 de enero" in titular.texto("/panel/")
    assert "convenio con «DIF municipal»" not in titular.texto("/panel/")
    sin_nombre = titular.post("/panel/directorio/nueva", **DIF, convenio_hasta="2026-12-31")
    assert sin_nombre.status_code == 422
    assert "Diga cuál convenio es" in leer(sin_nombre)


def test_cada_verificacion_queda_con_su_fecha_y_quien_marco(titular, base):
    linea = nueva(titular, base, verificado_el="2026-03-01")
    titular.post(f"/panel/directorio/{linea['id']}/verificacion")
    titular.post(f"/panel/directorio/{linea['id']}/verificacion")
    assert [(una["fecha"], una["quien"]) for una in directorio.verificaciones(base, linea["id"])] == [
        ("2026-11-25", "titular"),
        ("2026-03-01", "titular"),
    ]
    assert "domingo 1 de marzo de 2026, por titular" in titular.texto(f"/panel/directorio/{linea['id']}")


def en_los_telefonos(app, base, instalacion) -> list[str]:
    with app.test_request_context():
        return [una["nombre"] for una in armar(base, instalacion, HORA, "1")["ayuda"]]


def test_una_usada_se_retira_de_los_telefonos_y_su_evento_la_sigue_diciendo(titular, app, base, instalacion, azar):
    linea = nueva(titular, base)
    evento = eventos.crear(base, evento_de_prueba(instituciones=[linea["id"]]), HORA, azar)
    assert "DIF municipal" in en_los_telefonos(app, base, instalacion)
    titular.post(f"/panel/directorio/{linea['id']}/baja")
    assert directorio.leer(base, linea["id"])["quitada_en"]
    assert "DIF municipal" not in en_los_telefonos(app, base, instalacion)
    assert "DIF municipal" not in titular.texto("/ayuda")
    assert "DIF municipal" in titular.texto(f"/panel/eventos/{evento}")
    assert linea["id"] in titular.get(f"/panel/eventos/{evento}/editar").text
    assert linea["id"] not in titular.get("/panel/eventos/nuevo").text
    assert "Retiradas (1)" in titular.texto("/panel/directorio")
    titular.post(f"/panel/directorio/{linea['id']}/regreso")
    assert "DIF municipal" in titular.texto("/ayuda")


def test_mandar_dos_veces_la_misma_pagina_agrega_una(titular, base):
    pagina = titular.get("/panel/directorio/nueva").text
    id = re.search(r'name="id" value="([^"]+)"', pagina)[1]
    for _ in range(2):
        assert titular.post("/panel/directorio/nueva", **DIF, id=id).status_code == 303
    assert [linea["id"] for linea in directorio.listar(base) if linea["nombre"] == DIF["nombre"]] == [id]


def test_una_verificacion_con_fecha_de_un_trimestre_cerrado_dice_por_que(titular, base):
    """Mueve lo informado de la línea que cuenta instituciones verificadas."""
    linea = nueva(titular, base)
    trimestres.cerrar(base, 2026, 1, ahora=HORA, quien="titular")
    donde = f"/panel/directorio/{linea['id']}"
    sin_razon = titular.post(donde, **DIF, verificado_el="2026-03-01")
    assert sin_razon.status_code == 422
    assert "¿Por qué hace este cambio?" in leer(sin_razon)
    assert directorio.verificaciones(base, linea["id"]) == []
    con_razon = DIF | {"verificado_el": "2026-03-01", "justificacion": "Se había marcado y faltó anotarlo."}
    assert titular.post(donde, **con_razon).status_code == 303
    (cambio,) = [c for c in trimestres.cambios(base, 2026) if c["que"].startswith("verificación")]
    assert cambio["justificacion"] == con_razon["justificacion"]
    assert titular.post(donde, **DIF | {"verificado_el": "2026-03-01", "horario": "9 a 3"}).status_code == 303


def test_una_que_nadie_uso_se_borra_del_todo(titular, base):
    linea = nueva(titular, base)
    titular.post(f"/panel/directorio/{linea['id']}/baja")
    assert directorio.leer(base, linea["id"]) is None


def test_el_orden_es_el_de_la_pantalla_de_ayuda(titular, base):
    linea = nueva(titular, base)
    for _ in range(len(directorio.listar(base))):
        titular.post(f"/panel/directorio/{linea['id']}/orden", a="antes")
    assert directorio.ayuda(base)[0]["id"] == linea["id"]
    ayuda = titular.texto("/ayuda")
    assert ayuda.index("DIF municipal") < ayuda.index("Emergencias")


def test_la_segunda_persona_ve_lo_que_guardo_la_primera(titular, base):
    linea = nueva(titular, base)
    camino = f"/panel/directorio/{linea['id']}"
    revision = re.search(r'name="revision" value="([^"]+)"', titular.get(camino).text)[1]
    titular.post(camino, **DIF | {"telefono": "378 111 1111", "revision": revision})
    respuesta = titular.post(camino, **DIF | {"horario": "de 9 a 3", "revision": revision})
    assert respuesta.status_code == 409
    assert "Ahora dice: 378 111 1111 Usted escribió: 378 715 0000" in leer(respuesta)
    assert 'value="de 9 a 3"' in respuesta.text
    assert directorio.leer(base, linea["id"])["telefono"] == "378 111 1111"


@pytest.mark.parametrize("que", ["quitarla", "que ya no sea la propia", "esconderla", "sin verificar"])
def test_en_produccion_nadie_se_queda_sin_el_telefono_de_la_oficina(titular, base, que):
    propia = {"nombre": "Nuestra", "propia": "y", "verificado_el": "2026-11-20"}
    linea = nueva(titular, base, **propia)
    ajustes.guardar(base, "modo", "produccion")
    if que == "quitarla":
        respuesta = titular.post(f"/panel/directorio/{linea['id']}/baja")
    else:
        sin = {"que ya no sea la propia": "propia", "esconderla": "en_ayuda", "sin verificar": "verificado_el"}[que]
        datos = {campo: valor for campo, valor in (DIF | propia).items() if campo != sin}
        respuesta = titular.post(f"/panel/directorio/{linea['id']}", **datos)
    assert respuesta.status_code == 409
    assert "se quedaría sin el teléfono de la oficina" in leer(respuesta)
    assert directorio.leer(base, linea["id"]) == linea
