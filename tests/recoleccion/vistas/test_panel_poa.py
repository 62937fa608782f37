"""El programa anual en el panel: cada número abre sus registros y cada cambio dice por qué."""

import re

import pytest

from recoleccion.consultas import actividades, avance, bitacora, eventos, poa, trimestres
from tests.elenco import HORA, evento_de_prueba
from tests.recoleccion.vistas.oficina import Oficina, leer, registrar

LINEA = "/panel/poa/2026/M4"
QUIEN = {"ahora": HORA, "quien": "titular"}


@pytest.fixture
def titular(app) -> Oficina:
    return Oficina(app, "titular")


def editar(titular: Oficina, direccion: str = LINEA, **cambios):
    """Abre el formulario, cambia lo que se diga y lo manda como lo mandaría un navegador."""
    pagina = titular.get(f"{direccion}/editar").text
    puestos = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', pagina))
    puestos |= dict(re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>\s*([^<]*)</textarea>', pagina))
    elegida = re.search(r'<option selected value="(\w+)"', pagina)
    puestos["medida"] = elegida[1] if elegida else ""
    return titular.post(f"{direccion}/editar", **(puestos | {"justificacion": ""} | cambios))


def anotar(base, azar, **cambios) -> str:
    datos = {"linea": "A9", "tipo": "documento", "fecha": "2026-11-03", "cantidad": 1} | cambios
    return actividades.crear(base, datos, azar=azar, **QUIEN)


def test_cada_linea_dice_lo_que_lleva_y_cada_numero_abre_sus_registros(titular, base, instalacion, elenco, azar):
    registrar(base, instalacion, elenco.evento_id, azar, cuantas=3)
    futuro = eventos.crear(base, evento_de_prueba(titulo="La de diciembre", fecha="2026-12-10"), HORA, azar)
    cancelado = eventos.crear(base, evento_de_prueba(titulo="La cancelada"), HORA, azar)
    eventos.cancelar(base, cancelado, HORA)
    respuesta = titular.get("/panel/poa")
    pagina = leer(respuesta)
    assert respuesta.text.count('scope="row"') == 16
    assert "M4 Implementar talleres" in pagina
    assert "1 realizado de M4 — sin con qué comparar 3 asistencias y personas de M4 1 por venir de M4" in pagina
    assert f'href="{LINEA}?trimestre=4#registros"' in respuesta.text
    detras = titular.get(LINEA)
    for id, titulo in ((elenco.evento_id, "Violencia digital: cómo cuidarse"), (futuro, "La de diciembre")):
        assert f'<a href="/panel/eventos/{id}">{titulo}</a>' in detras.text
    assert "La cancelada" not in detras.text
    assert "Cuarto trimestre: 1 (eventos)" in leer(detras)
    assert "30 a 44 años 3" in leer(detras)


def test_el_trimestre_que_se_pide_manda_y_uno_que_no_existe_es_el_de_hoy(titular, base, elenco):
    poa.guardar(base, 2026, "M4", {"t1": 2.0, "t2": 3.0, "t4": 1.0}, **QUIEN)
    for pedido, dice in (("1", "M4 2 0"), ("2", "M4 5 0"), ("4", "M4 6 1"), ("9", "M4 6 1"), ("x", "M4 6 1")):
        pagina = titular.texto(f"/panel/poa?trimestre={pedido}")
        tocaba, van = dice.split()[1:]
        assert f"la meta de M4 {tocaba} {van} realizado de M4" in pagina, pedido
    for rara in ("?ejercicio=1999", "?ejercicio=x&trimestre=-1", f"?ejercicio={'9' * 30}&trimestre={'9' * 30}"):
        assert titular.get(f"/panel/poa{rara}").status_code == 200
    assert titular.get("/panel/poa/2026/Z9").status_code == 404
    for otro in ("1999", "9" * 30):
        for direccion in (f"/panel/poa/{otro}/M4", f"/panel/poa/{otro}/M4/editar", f"/panel/poa/{otro}/cambios"):
            assert titular.get(direccion).status_code == 404
        for parte in ("trimestres/1/cierre", "trimestres/1/reapertura", "copia", "sugeridos"):
            assert titular.post(f"/panel/poa/{otro}/{parte}", justificacion="x").status_code == 404


def test_definir_una_meta_pone_el_semaforo(titular, base):
    respuesta = editar(titular, indicador="Talleres hechos", meta_anual="1,000", t1="", t4="1", responsable="Titular")
    assert (respuesta.status_code, respuesta.location) == (303, LINEA)
    linea = poa.leer(base, 2026, "M4")
    assert (linea["meta_anual"], linea["t1"], linea["t4"], linea["indicador"]) == (1000, None, 1, "Talleres hechos")
    pagina = titular.texto(LINEA)
    assert "100 % ● Verde" in pagina
    assert "lleva 0.1 %" in pagina
    assert "Meta anual : sin definir → pasó a 1,000 «Se define por primera vez.»" in pagina
    assert ("cambiar línea", "2026 M4") in [(b["accion"], b["objeto"]) for b in bitacora.listar(base)]


def test_un_trimestre_que_no_termina_no_sale_en_rojo(titular, base):
    """El mismo atraso es rojo en el que ya terminó y «en curso» en el que va."""
    poa.guardar(base, 2026, "M5", {"t3": 5.0, "t4": 5.0}, **QUIEN)
    assert "0 % ■ Rojo" in titular.texto("/panel/poa?trimestre=3")
    assert "0 % en curso" in titular.texto("/panel/poa?trimestre=4")
    assert "0 % ■ Rojo" in titular.texto("/panel/poa/2026/M5?trimestre=3")
    assert "0 % en curso" in titular.texto("/panel/poa/2026/M5")


def test_mover_una_meta_sin_decir_por_que_se_devuelve_con_todo_lo_escrito(titular, base):
    editar(titular, meta_anual="24")
    respuesta = editar(titular, meta_anual="30", responsable="Ana")
    assert respuesta.status_code == 422
    assert 'value="30"' in respuesta.text
    assert 'value="Ana"' in respuesta.text
    assert "Escriba en una frase la razón del cambio" in respuesta.text
    assert poa.leer(base, 2026, "M4")["meta_anual"] == 24
    assert editar(titular, meta_anual="30", justificacion="Llegó otra escuela").status_code == 303
    assert "24 → pasó a 30 «Llegó otra escuela»" in titular.texto("/panel/poa/2026/cambios")


@pytest.mark.parametrize("malo", ["-4", "doce", "1,80", "12.345", "1e9", "9999999999", "=1+1", "١٢"])
def test_una_meta_que_no_es_un_numero_dice_como_escribirla_y_no_se_guarda(titular, base, malo):
    respuesta = editar(titular, meta_anual=malo)
    assert respuesta.status_code == 422
    assert "número" in respuesta.text
    assert poa.leer(base, 2026, "M4")["meta_anual"] is None


def test_los_decimales_no_se_pierden_al_volver_a_editar(titular, base):
    editar(titular, meta_anual="12.25", t1="1,000.5")
    editar(titular, responsable="Ana")
    linea = poa.leer(base, 2026, "M4")
    assert (linea["meta_anual"], linea["t1"], linea["responsable"]) == (12.25, 1000.5, "Ana")


def test_trimestres_que_no_suman_la_meta_se_guardan_y_se_avisa(titular):
    editar(titular, meta_anual="10", t1="1", t2="2", t3="3", t4="3")
    assert "Los cuatro trimestres suman 9 y la meta anual es 10." in titular.texto(LINEA)


def test_si_otra_persona_cambio_la_linea_se_dice_que_y_no_se_pierde_lo_escrito(titular, base):
    visto = re.search(r'name="visto" value="(\w+)"', titular.get(f"{LINEA}/editar").text)
    poa.guardar(base, 2026, "M4", {"meta_anual": 24.0}, **QUIEN)
    respuesta = editar(titular, meta_anual="30", indicador="Otro", visto=visto[1])
    assert respuesta.status_code == 409
    pagina = leer(respuesta)
    assert "Otra persona guardó cambios" in pagina
    assert "Meta anual: usted escribió «30» y ya dice «24»" in pagina
    assert 'value="30"' in respuesta.text
    assert poa.leer(base, 2026, "M4")["meta_anual"] == 24
    nuevo = re.search(r'name="visto" value="(\w+)"', respuesta.text)
    si = editar(titular, meta_anual="30", visto=nuevo[1], justificacion="La buena es 30")
    assert si.status_code == 303
    assert poa.leer(base, 2026, "M4")["meta_anual"] == 30


def test_cerrar_un_trimestre_y_volver_a_abrirlo_queda_anotado(titular, base):
    assert "Sin cerrar" in titular.texto("/panel/poa")
    titular.post("/panel/poa/2026/trimestres/3/cierre")
    assert trimestres.cerrado(base, 2026, 3)
    assert "Tercer trimestre ■ Cerrado" in titular.texto("/panel/poa")
    assert titular.post("/panel/poa/2026/trimestres/4/cierre").status_code == 409
    assert titular.post("/panel/poa/2026/trimestres/7/cierre").status_code == 404
    assert titular.post("/panel/poa/2026/trimestres/3/reapertura", justificacion=" ").status_code == 422
    assert trimestres.cerrado(base, 2026, 3)
    assert editar(titular, meta_anual="5").status_code == 422
    titular.post("/panel/poa/2026/trimestres/3/reapertura", justificacion="Faltó una lista")
    assert not trimestres.cerrado(base, 2026, 3)
    assert "cerrado → pasó a abierto «Faltó una lista»" in titular.texto("/panel/poa/2026/cambios")


def test_el_programa_del_anio_que_sigue_se_prepara_una_vez(titular, base, azar):
    eventos.crear(base, evento_de_prueba(fecha="2026-12-10"), HORA, azar)
    editar(titular, meta_anual="24")
    assert "Preparar el programa de 2027" in titular.texto("/panel/poa")
    respuesta = titular.post("/panel/poa/2026/copia", con_metas="1")
    assert respuesta.location == "/panel/poa?ejercicio=2027"
    assert poa.leer(base, 2027, "M4")["meta_anual"] == 24
    assert "Ya está el programa de 2027: 16 líneas" in titular.texto(respuesta.location)
    assert titular.post("/panel/poa/2026/copia").status_code == 409
    assert "Todavía no empieza" in titular.texto("/panel/poa/2027/M4")
    assert "Realizado en 2026: 1 (eventos)" in titular.texto("/panel/poa/2027/M4/editar")


def test_una_linea_se_agrega_se_corrige_y_se_quita(titular, base):
    nueva = {"clave": "m7", "tipo": "meta", "texto": "Abrir una ludoteca.", "justificacion": "Cabildo"}
    for malo in (
        {"clave": "../x"},
        {"clave": ""},
        {"tipo": "otra"},
        {"texto": ""},
        {"justificacion": " "},
        {"clave": "M4"},
    ):
        assert titular.post("/panel/poa/2026/nueva", **(nueva | malo)).status_code == 422, malo
    assert titular.post("/panel/poa/2026/nueva", **nueva).location == "/panel/poa/2026/M7/editar"
    suya = "/panel/poa/2026/M7"
    assert editar(titular, suya, texto="Abrir dos ludotecas.").status_code == 422
    assert editar(titular, suya, texto="").status_code == 422
    assert editar(titular, suya, texto="Abrir dos ludotecas.", justificacion="Se amplió").status_code == 303
    assert "Abrir dos ludotecas." in titular.texto("/panel/poa")
    assert "Quitar esta línea" in titular.texto(f"{suya}/editar")
    assert "Quitar esta línea" not in titular.texto(f"{LINEA}/editar")
    assert titular.post(f"{LINEA}/baja", justificacion="x").status_code == 409
    assert titular.post(f"{suya}/baja", justificacion="").status_code == 422
    assert titular.post(f"{suya}/baja", justificacion="Siempre no").status_code == 303
    assert titular.get(suya).status_code == 404
    assert "Siempre no" in titular.texto("/panel/poa/2026/cambios")


def test_el_semaforo_se_cambia_y_uno_al_reves_no(titular, base):
    assert titular.post("/panel/poa/semaforo", verde="60", amarillo="80").status_code == 422
    assert titular.post("/panel/poa/semaforo", verde="", amarillo="-1").status_code == 422
    assert avance.umbrales(base) == (90, 70)
    assert titular.post("/panel/poa/semaforo", verde="80", amarillo="50").status_code == 303
    assert avance.umbrales(base) == (80, 50)
    assert "Semáforo: 80 y 50 %" in titular.texto("/panel/poa")


def test_los_indicadores_sugeridos_se_ponen_con_un_boton_donde_no_hay(titular, base):
    assert "Poner los indicadores sugeridos" not in titular.texto("/panel/poa")
    base.execute("UPDATE linea_poa SET indicador = NULL, unidad = NULL, medida = NULL WHERE clave = 'A9'")
    assert "Poner los indicadores sugeridos" in titular.texto("/panel/poa")
    titular.post("/panel/poa/2026/sugeridos")
    assert poa.leer(base, 2026, "A9")["unidad"] == "documentos"


def test_lo_pedido_y_lo_entregado_se_ven_en_el_trimestre_de_cada_cosa(titular, base, azar):
    """Un informe pedido en mayo y entregado en julio es «de cuántos» en mayo y avance en julio."""
    anotar(base, azar, fecha="2026-05-20", limite="2026-06-30", cumplida_el="2026-07-02", nota="Cuenta pública")
    anotar(base, azar, fecha="2026-05-21", limite="2026-06-30", nota="Inventario")
    pagina = titular.texto("/panel/poa/2026/A9")
    assert "Segundo trimestre: 0 (documentos)" in pagina
    assert "Tercer trimestre: 1 (documentos)" in pagina
    assert "Avance: se cumplió el 02/07/2026" in pagina
    assert "Se pidió; vence el 30/06/2026" in pagina
    assert "de 2 que se pidieron o hay" in pagina


def test_sin_lineas_se_dice_que_hacer(titular, base):
    base.execute("DELETE FROM evento_linea")
    base.execute("DELETE FROM linea_poa")
    assert "No están cargadas las líneas de 2026" in titular.texto("/panel/poa")
