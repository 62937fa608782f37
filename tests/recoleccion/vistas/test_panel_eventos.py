"""La titular crea, abre, mira y cierra un evento."""

from datetime import timedelta

import pytest

from recoleccion.consultas import eventos, trimestres
from tests.elenco import HORA, evento_de_prueba
from tests.recoleccion.vistas.oficina import Oficina, contestar, leer, registrar


@pytest.fixture
def titular(app) -> Oficina:
    return Oficina(app, "titular")


def formulario(**cambios) -> dict:
    """Un evento como lo manda el navegador: las casillas sin marcar no van."""
    datos = {clave: valor for clave, valor in evento_de_prueba().items() if valor not in (False, None)}
    return {clave: ("y" if valor is True else valor) for clave, valor in datos.items()} | cambios


def acciones(base) -> list[tuple[str, str]]:
    return [tuple(f) for f in base.execute("SELECT quien, accion FROM bitacora WHERE accion <> 'entrar' ORDER BY id")][
        1:
    ]


def test_crear_un_evento_guarda_todo_y_le_da_codigo(titular, base):
    respuesta = titular.post("/panel/eventos/nuevo", **formulario(titulo="Taller de cuentas", fecha="2026-12-01"))
    assert respuesta.status_code == 303
    evento = eventos.leer(base, respuesta.headers["Location"].rpartition("/")[2])
    assert (evento["titulo"], evento["fecha"], evento["hora_fin"]) == ("Taller de cuentas", "2026-12-01", "19:00")
    assert evento["lineas"] == ["M4"]
    assert [e["instrumento"] for e in evento["encuestas"]] == ["antes", "despues", "satisfaccion", "reconocer"]
    assert (evento["pide_nombre"], evento["autorizacion_escolar"]) == (1, 0)
    assert evento["estado"] == "programado"
    assert acciones(base) == [("titular", "crear")]
    assert evento["clave"] in titular.texto(respuesta.headers["Location"])


def test_un_evento_mandado_dos_veces_es_uno_se_anota_una_vez_y_no_dice_que_guardo_lo_otro(titular, base):
    """De un trimestre cerrado: su razón, que ya nadie puede borrar, tampoco queda dos veces."""
    trimestres.cerrar(base, 2026, 3, ahora=HORA, quien="titular")
    antes = len(trimestres.cambios(base, 2026))
    datos = formulario(fecha="2026-09-01", id="3b241101-e2bb-4255-8caf-4136c566a962", justificacion="Faltaba.")
    for titulo in ("Taller", "Taller corregido"):
        assert titular.post("/panel/eventos/nuevo", **datos | {"titulo": titulo}).status_code == 303
    assert eventos.leer(base, datos["id"])["titulo"] == "Taller"
    assert len(trimestres.cambios(base, 2026)) == antes + 1
    assert acciones(base) == [("titular", "crear")]
    assert "Ese evento ya estaba guardado" in titular.texto("/panel/eventos")


def test_los_errores_van_junto_al_campo_y_lo_escrito_se_conserva(titular, base):
    antes = len(eventos.listar(base))
    respuesta = titular.post(
        "/panel/eventos/nuevo", **formulario(titulo="Plática <nueva>", hora_inicio="19:00", hora_fin="17:00", sede="")
    )
    assert respuesta.status_code == 422
    assert 'value="Plática &lt;nueva&gt;"' in respuesta.text
    assert 'id="hora_fin-error">Debe terminar después de empezar' in respuesta.text
    assert 'id="sede-error">Escriba el lugar' in respuesta.text
    assert 'aria-describedby="sede-error"' in respuesta.text
    assert "2 datos por corregir" in leer(respuesta)
    assert len(eventos.listar(base)) == antes


def test_una_opcion_inventada_no_pasa(titular):
    assert titular.post("/panel/eventos/nuevo", **formulario(tema="brujeria")).status_code == 422


def test_editar_cambia_lo_que_se_cambio_y_quita_lo_que_se_desmarco(titular, base, elenco):
    direccion = f"/panel/eventos/{elenco.evento_id}"
    pagina = titular.get(f"{direccion}/editar").text
    assert 'value="Violencia digital: cómo cuidarse"' in pagina
    datos = formulario(titulo="Otro título", encuestas=["satisfaccion"])
    del datos["pide_telefono"]
    assert titular.post(f"{direccion}/editar", **datos).status_code == 303
    evento = eventos.leer(base, elenco.evento_id)
    assert evento["titulo"] == "Otro título"
    assert evento["pide_telefono"] == 0
    assert [e["instrumento"] for e in evento["encuestas"]] == ["satisfaccion"]
    assert evento["clave"] == elenco.clave
    assert acciones(base) == [("titular", "editar")]


def test_abrir_cerrar_reabrir_y_cancelar(titular, base, azar):
    id = eventos.crear(base, evento_de_prueba(fecha="2026-11-28"), HORA, azar)
    direccion = f"/panel/eventos/{id}"
    assert "Abrir ahora" in titular.texto(direccion)
    for paso, estado in (
        ("apertura", "abierto"),
        ("cierre", "cerrado"),
        ("reapertura", "abierto"),
        ("cancelacion", "cancelado"),
    ):
        assert titular.post(f"{direccion}/{paso}").headers["Location"] == direccion
        assert eventos.leer(base, id)["estado"] == estado
    assert [accion for _, accion in acciones(base)] == ["abrir", "cerrar", "reabrir", "cancelar"]
    assert "Cancelado" in titular.texto(direccion)


def test_lo_que_no_toca_se_explica_y_no_se_anota(titular, base, elenco):
    titular.post(f"/panel/eventos/{elenco.evento_id}/cierre")
    respuesta = titular.post(f"/panel/eventos/{elenco.evento_id}/cancelacion")
    assert respuesta.status_code == 409
    assert "no se puede cancelar" in respuesta.text
    assert [accion for _, accion in acciones(base)] == ["cerrar"]


def test_un_evento_que_no_existe_dice_que_hacer(titular):
    respuesta = titular.get("/panel/eventos/no-existe")
    assert respuesta.status_code == 404
    assert "búsquelo" in respuesta.text
    assert titular.post("/panel/eventos/no-existe/cierre").status_code == 404


def test_lo_que_se_ve_en_vivo(titular, base, instalacion, elenco, azar):
    registrar(base, instalacion, elenco.evento_id, azar, cuantas=3)
    registrar(base, instalacion, elenco.evento_id, azar, sexo="H", modo="promotora")
    contestar(base, instalacion, elenco.evento_id, 17, S1="MB")
    datos = titular.get(f"/panel/eventos/{elenco.evento_id}/vivo.json").json
    assert datos["total"] == 4
    assert datos["por_sexo"] == {"M": 3, "H": 1, "O": 0, "N": 0}
    assert (datos["por_modo"]["telefono"], datos["por_modo"]["promotora"]) == (3, 1)
    assert datos["frases"]["urna"] == "17 contestaciones en la urna"
    pagina = titular.texto(f"/panel/eventos/{elenco.evento_id}")
    for frase in ("4 personas", "17 contestaciones en la urna", "Ningún teléfono con registros por enviar"):
        assert frase in pagina


def test_la_promotora_ve_como_va_pero_no_botones_ni_listas(app, elenco):
    pagina = Oficina(app, "promotora").get(f"/panel/eventos/{elenco.evento_id}").text
    assert "0 personas" in pagina
    for prohibido in ("/cierre", "/editar", "/lista", "/clave", "cartel.pdf"):
        assert prohibido not in pagina


@pytest.mark.parametrize(("cuantas", "se_ve"), [(9, False), (10, True)])
def test_las_encuestas_se_ven_desde_diez_contestaciones(titular, base, instalacion, elenco, cuantas, se_ve):
    direccion = f"/panel/eventos/{elenco.evento_id}"
    contestar(base, instalacion, elenco.evento_id, cuantas, S1="muy_buena")
    antes = titular.texto(direccion)
    assert "La plática le pareció" not in antes
    titular.post(f"{direccion}/cierre")
    despues = titular.texto(direccion)
    assert ("La plática le pareció" in despues) == se_ve
    assert ("10 contestaciones" in despues) or not se_ve
    if not se_ve:
        assert "9 contestaciones en la urna" in despues
        assert "hacen falta 10" in despues
        assert "La urna de «Violencia digital: cómo cuidarse» espera con 9" in titular.texto("/panel/")


def test_el_puntaje_del_grupo_aparta_a_quien_no_sabe(titular, base, instalacion, elenco):
    direccion = f"/panel/eventos/{elenco.evento_id}"
    contestar(base, instalacion, elenco.evento_id, 8, "antes", K1="V", K2="V")
    contestar(base, instalacion, elenco.evento_id, 2, "antes", K1="NS", K2="F")
    titular.post(f"{direccion}/cierre")
    frase = "De 2 preguntas con respuesta correcta, en promedio: 1.0 aciertos y 0.2 «No sé»."
    assert frase in titular.texto(direccion)


def test_un_codigo_nuevo_revoca_el_anterior(titular, cliente, base, elenco):
    titular.post(f"/panel/eventos/{elenco.evento_id}/clave")
    nueva = eventos.leer(base, elenco.evento_id)["clave"]
    assert nueva != elenco.clave
    assert eventos.por_clave(base, elenco.clave)[1] is True
    assert f"El código nuevo es {nueva}" in titular.texto(f"/panel/eventos/{elenco.evento_id}")
    assert acciones(base) == [("titular", "cambiar clave")]


def test_la_lista_filtra_por_mes_texto_y_linea_y_da_vuelta_a_la_pagina(titular, base, azar):
    for dia in range(1, 31):
        datos = evento_de_prueba(titulo=f"Taller {dia}", fecha=f"2026-10-{dia:02d}", lineas=["M4", "A8"])
        eventos.crear(base, datos, HORA, azar)
    eventos.crear(base, evento_de_prueba(titulo="Feria", fecha="2026-09-01", lineas=["M5"]), HORA, azar)
    primera, segunda = titular.texto("/panel/eventos?mes=2026-10"), titular.texto("/panel/eventos?mes=2026-10&pagina=2")
    assert "30 eventos" in primera
    assert "Taller 30" in primera
    assert "Página 1 de 2" in primera
    assert "Taller 1 " in segunda
    assert "Feria" not in primera + segunda
    assert "Feria" in titular.texto("/panel/eventos?texto=feria")
    assert "Feria" not in titular.texto("/panel/eventos?linea=A8&anio=2026")
    assert "Violencia digital" not in titular.texto("/panel/eventos?que=por_venir")
    assert "Ningún evento coincide" in titular.texto("/panel/eventos?texto=zzz")
    assert titular.get("/panel/eventos?pagina=999&mes=%22;--").status_code == 200


def test_hoy_dice_lo_que_espera_a_la_titular(titular, base, app, reloj, elenco, azar):
    pagina = titular.texto("/panel/")
    assert "Miércoles 25 de noviembre" in pagina
    assert "Violencia digital: cómo cuidarse" in pagina
    assert "Falta el teléfono de su oficina" in pagina
    assert "5 teléfonos de ayuda sin verificar" in pagina
    reloj.avanzar(days=3)
    assert "«Violencia digital: cómo cuidarse» sigue sin cerrar" in titular.texto("/panel/")
    assert "Le esperan a usted" not in Oficina(app, "promotora").texto("/panel/")


def test_un_evento_que_acaba_de_terminar_sigue_a_la_vista(titular, reloj):
    reloj.hora = HORA + timedelta(hours=12)
    assert "Siguen abiertos" in titular.texto("/panel/")
