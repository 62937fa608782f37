"""Lo que se va tecleando de una hoja de papel: queda en el servidor, con los nombres sellados, y vuelve al recargar."""

import json
from datetime import timedelta

import pytest

from tests.elenco import HORA
from tests.llave import FRASE, nombres
from tests.recoleccion.vistas.oficina import Oficina, leer
from tests.recoleccion.vistas.rejilla import ANA, LUIS, Rejilla, personas


@pytest.fixture
def rejilla(app, elenco) -> Rejilla:
    return Rejilla(Oficina(app, "titular"), elenco.evento_id)


def a_la_vista(base) -> str:
    """Lo que el borrador dice sin abrir sus sobres."""
    filas = json.loads(base.execute("SELECT renglones FROM hoja_borrador").fetchone()[0])
    assert all(fila.get("identidad") or fila.get("raros") for fila in filas)
    sellados = ("id", "identidad", "raros")
    return str([{campo: valor for campo, valor in fila.items() if campo not in sellados} for fila in filas])


def test_lo_tecleado_queda_en_el_servidor_con_los_nombres_sellados(rejilla, base):
    rejilla.llenar(ANA, {**LUIS, "telefono": "37812"}).mandar("borrador", guion="1")
    fila = a_la_vista(base)
    for dato in ("Ana", "Luis", "luis", "37812", "34"):
        assert dato not in fila
    assert "30-44" in fila
    assert personas(base, rejilla.direccion.split("/")[3]) == 0


def test_lo_que_se_tecleo_en_otra_columna_tambien_queda_sellado(rejilla, base):
    mal = {**ANA, "edad": "Zoraida", "sexo": "Única", "procedencia": "M", "telefono": "Martha"}
    rejilla.llenar(mal, {**ANA, "nombre": "Eva 123"}).mandar("borrador", guion="1")
    fila = a_la_vista(base)
    for dato in ("Zoraida", "nica", "Martha", "Eva"):
        assert dato not in fila
    rejilla.abrir(rejilla.hoja)
    assert "Para corregir este renglón abra los nombres" in leer(rejilla.mandar())
    rejilla.oficina.post("/panel/llave/apertura", razon="lista", frase=FRASE, next=rejilla.direccion)
    rejilla.abrir(rejilla.hoja)
    assert {campo: rejilla.datos[campo][0] for campo in mal} == mal
    assert rejilla.datos["nombre"][1] == "Eva 123"


def test_al_recargar_con_la_llave_abierta_vuelve_todo(rejilla, base, elenco):
    rejilla.llenar(ANA, {**LUIS, "telefono": "37812"}).mandar("borrador", guion="1")
    ids, hoja = rejilla.datos["id"][:2], rejilla.hoja
    rejilla.oficina.post("/panel/llave/apertura", razon="lista", frase=FRASE, next=rejilla.direccion)
    rejilla.abrir(hoja)
    assert rejilla.datos["nombre"][:3] == ["Ana López", "Luis Pérez", ""]
    assert rejilla.datos["telefono"][:2] == ["", "37812"]
    assert rejilla.datos["id"][:2] == ids
    rejilla.llenar({}, {"telefono": "3781234567"}).mandar()
    assert sorted(nombres(base).values()) == [("Ana López", None), ("Luis Pérez", "3781234567")]
    assert base.execute("SELECT count(*) FROM hoja_borrador").fetchone()[0] == 0


def test_con_la_llave_cerrada_se_puede_seguir_y_guardar_sin_perder_los_nombres(rejilla, base):
    rejilla.llenar(ANA, LUIS).mandar("borrador", guion="1")
    rejilla.abrir(rejilla.hoja)
    assert rejilla.datos["nombre"][:2] == ["", ""]
    assert "Nombre guardado, cerrado" in rejilla.respuesta.text
    rejilla.llenar({}, {}, {**ANA, "nombre": "Eva"})
    rejilla.mandar("borrador", guion="1")
    mismos = {campo: list(valores) for campo, valores in rejilla.datos.items()}
    assert rejilla.mandar().status_code == 303
    esperados = [("Ana López", None), ("Eva", None), ("Luis Pérez", "3781234567")]
    assert sorted(nombres(base).values()) == esperados
    rejilla.datos = mismos  # y otra vez, cuando el borrador ya no existe
    assert rejilla.mandar().status_code == 303
    assert sorted(nombres(base).values()) == esperados


def test_un_renglon_cerrado_que_no_se_entendia_pide_abrir_los_nombres(rejilla, base):
    rejilla.llenar({**ANA, "telefono": "37812"}).mandar("borrador", guion="1")
    rejilla.abrir(rejilla.hoja)
    assert "Para corregir este renglón abra los nombres" in leer(rejilla.mandar())


def test_si_el_borrador_ya_no_esta_un_nombre_cerrado_no_se_guarda_sin_nombre(rejilla, base, elenco):
    rejilla.llenar(ANA).mandar("borrador", guion="1")
    rejilla.abrir(rejilla.hoja)
    rejilla.oficina.post(f"{rejilla.direccion}/descarte", hoja=rejilla.hoja)
    assert "El nombre que estaba guardado ya no está" in leer(rejilla.mandar())
    assert personas(base, elenco.evento_id) == 0


def test_la_hoja_abierta_en_dos_ventanas_no_se_pisa_y_se_dice(rejilla, base):
    rejilla.llenar(ANA).mandar("borrador", guion="1")
    otra = Rejilla(rejilla.oficina, rejilla.direccion.split("/")[3], rejilla.hoja)
    assert rejilla.llenar({**ANA, "nombre": "Vieja"}).mandar("borrador", guion="1").status_code == 409
    assert otra.mandar("borrador", guion="1").status_code == 200
    rejilla.oficina.post("/panel/llave/apertura", razon="lista", frase=FRASE, next=rejilla.direccion)
    assert otra.abrir(rejilla.hoja).datos["nombre"][0] == "Ana López"


def test_lo_que_quedo_a_medias_se_ve_en_el_evento_y_se_puede_tirar(rejilla, base):
    rejilla.llenar(ANA, LUIS).mandar("borrador")
    assert "Seguir con 2 renglones" in rejilla.oficina.texto(rejilla.direccion)
    rejilla.oficina.post(f"{rejilla.direccion}/descarte", hoja=rejilla.hoja)
    assert "Seguir con" not in rejilla.oficina.texto(rejilla.direccion)


@pytest.mark.parametrize(("dias", "quedan"), [(29, 1), (31, 0)])
def test_un_borrador_que_nadie_toco_en_un_mes_se_borra_aunque_no_se_pase_otra_hoja(rejilla, base, dias, quedan):
    rejilla.llenar(ANA).mandar("borrador")
    base.execute("UPDATE hoja_borrador SET guardado_en = ?", [(HORA - timedelta(days=dias)).isoformat()])
    rejilla.oficina.get("/panel/")
    assert base.execute("SELECT count(*) FROM hoja_borrador").fetchone()[0] == quedan


def test_sin_guiones_se_piden_mas_renglones_sin_perder_lo_escrito(rejilla):
    antes = len(rejilla.datos["id"])
    rejilla.llenar(ANA).mandar(accion="mas")
    assert len(rejilla.datos["id"]) > antes
    assert rejilla.datos["nombre"][0] == "Ana López"
