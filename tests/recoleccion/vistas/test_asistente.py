"""El camino de una asistente en su teléfono: sin JavaScript, sin huella y sin que nadie sepa de qué fue."""

import json
from uuid import UUID, uuid4

import pytest

from recoleccion.consultas import avisos, eventos
from recoleccion.sellado import INFO_URNA
from tests.elenco import HORA
from tests.llave import nombres
from tests.recoleccion.vistas.paginas import DATOS, K, Pagina, leer, nuevo_evento


def cuantas(base, tabla="asistencia") -> int:
    return base.execute(f"SELECT count(*) FROM {tabla}").fetchone()[0]


# --- Entrar ------------------------------------------------------------------------------------------------------


def test_el_codigo_se_escribe_como_salga_y_lleva_al_registro(cliente, elenco):
    escrito = f" {elenco.clave[:3].lower()}-{elenco.clave[3:]} "
    respuesta = cliente.get("/", query_string={"c": escrito})
    assert (respuesta.status_code, respuesta.headers["Location"]) == (303, f"/{elenco.clave}")


@pytest.mark.parametrize("forma", ["{0}/", "{1}", "{1}/", "{2}-{3}", "{2}%20{3}"])
def test_la_direccion_escrita_de_otra_forma_lleva_a_la_del_cartel(cliente, elenco, forma):
    clave = elenco.clave
    respuesta = cliente.get("/" + forma.format(clave, clave.lower(), clave[:3], clave[3:]))
    assert (respuesta.status_code, respuesta.headers["Location"]) == (302, f"/{elenco.clave}")


@pytest.mark.parametrize("direccion", ["/panel", "/campo"])
def test_las_puertas_de_la_oficina_no_se_confunden_con_un_codigo(cliente, direccion):
    respuesta = cliente.get(direccion)
    assert (respuesta.status_code, respuesta.headers["Location"]) == (308, f"http://localhost{direccion}/")


@pytest.mark.parametrize("escrito", ["K7MD2O", "k7md20", "I7MD2Q", "l7md2q", "17MD2Q"])
def test_un_codigo_con_letras_que_se_confunden_dice_cuales_no_van(cliente, escrito):
    pagina = leer(cliente, f"/?c={escrito}", 422)
    assert "no llevan las letras I, L, O ni los números 0 y 1" in pagina.html
    assert pagina.valores["c"] == escrito
    assert "no llevan las letras I, L, O" in leer(cliente, f"/{escrito}", 404).html


def test_un_codigo_incompleto_dice_cuantas_letras_son(cliente):
    assert "tienen 6 letras o números" in leer(cliente, "/?c=K7M", 422).html


def test_un_codigo_parecido_a_uno_real_no_revela_el_real(cliente, elenco):
    otra_letra = "A" if elenco.clave[-1] != "A" else "B"
    pagina = leer(cliente, f"/{elenco.clave[:-1]}{otra_letra}", 404)
    assert "No encontramos ese código" in pagina.html
    assert elenco.clave not in pagina.html


def test_el_aviso_va_antes_que_los_botones_y_enlaza_al_completo(cliente, elenco):
    pagina = leer(cliente, f"/{elenco.clave}")
    assert pagina.html.index("Dar su nombre o su teléfono es opcional") < pagina.html.index("Registrarme")
    assert f"/{elenco.clave}/aviso" in pagina.direcciones
    assert "Unidad de Transparencia" in leer(cliente, f"/{elenco.clave}/aviso").html


def test_el_registro_dice_fecha_y_lugar_para_que_sepa_que_es_el_suyo(cliente, elenco):
    pagina = leer(cliente, f"/{elenco.clave}")
    assert "Miércoles 25 de noviembre" in pagina.html
    assert "Casa de la Cultura" in pagina.html


@pytest.mark.parametrize(
    ("cambiar", "estado", "frase"),
    [
        ("cerrar", 410, "El registro ya cerró"),
        ("cancelar", 410, "Se canceló"),
        ("revocar", 410, "Ese código ya se cambió"),
        ("pasar", 410, "El registro ya cerró"),
    ],
)
@pytest.mark.parametrize("ruta", ["", "/r", "/e/1"])
def test_un_registro_que_ya_no_recibe_lo_dice_y_no_guarda(
    cliente, base, elenco, instalacion, reloj, azar, cambiar, estado, frase, ruta
):
    if cambiar == "cerrar":
        eventos.cerrar(base, elenco.evento_id, HORA, instalacion.sello, azar)
    elif cambiar == "cancelar":
        eventos.cancelar(base, elenco.evento_id, HORA)
    elif cambiar == "revocar":
        eventos.nueva_clave(base, elenco.evento_id, HORA, azar)
    else:
        reloj.avanzar(hours=27)
    assert frase in leer(cliente, f"/{elenco.clave}{ruta}", estado).html
    enviado = cliente.post(f"/{elenco.clave}{ruta or '/n'}", data={**DATOS, **K})
    assert (enviado.status_code, frase in enviado.text) == (estado, True)
    assert (cuantas(base), cuantas(base, "urna")) == (0, 0)


def test_un_registro_que_no_abre_todavia_dice_cuando(cliente, base, azar):
    clave = nuevo_evento(base, azar, fecha="2026-11-27")
    pagina = leer(cliente, f"/{clave}", 403)
    assert "viernes 27 de noviembre, 4:30 p. m." in pagina.html


# --- Registrarse -------------------------------------------------------------------------------------------------


def test_registrarse_guarda_una_persona_y_contesta_listo(cliente, base, elenco):
    pagina = leer(cliente, f"/{elenco.clave}/r")
    UUID(pagina.valores["id"], version=4)
    respuesta = cliente.post(f"/{elenco.clave}/r", data={**DATOS, "id": pagina.valores["id"]})
    assert (respuesta.status_code, respuesta.headers["Location"]) == (303, f"/{elenco.clave}/listo")
    fila = base.execute("SELECT * FROM asistencia").fetchone()
    assert (fila["id"], fila["modo"], fila["sexo"], fila["edad"]) == (pagina.valores["id"], "telefono", "M", "30-44")
    assert fila["aviso_version"] == avisos.vigente(base)["version"]
    assert fila["procedencia"] == "rancho"
    assert nombres(base) == {fila["id"]: ("Guadalupe Íñiguez", "3781234567")}


def test_asistir_sin_nombre_es_un_toque(cliente, base, elenco):
    pagina = leer(cliente, f"/{elenco.clave}")
    assert f"/{elenco.clave}/n" in pagina.direcciones
    respuesta = cliente.post(f"/{elenco.clave}/n", data={"id": pagina.valores["id"]})
    assert (respuesta.status_code, respuesta.headers["Location"]) == (303, f"/{elenco.clave}/listo")
    fila = base.execute("SELECT sexo, edad, procedencia FROM asistencia").fetchone()
    assert tuple(fila) == ("N", "nd", "nd")
    assert cuantas(base, "identidad") == 0


def test_registrar_a_otra_persona_queda_dicho(cliente, base, elenco):
    pagina = leer(cliente, f"/{elenco.clave}/r?otra=1")
    assert "Registrar a otra persona" in pagina.html
    cliente.post(f"/{elenco.clave}/r?otra=1", data={**DATOS, "id": pagina.valores["id"]})
    assert base.execute("SELECT modo FROM asistencia").fetchone()[0] == "otra_persona"


@pytest.mark.parametrize("ruta", ["/r", "/n", "/r?otra=1"])
def test_mandar_dos_veces_lo_mismo_es_una_persona(cliente, base, reloj, elenco, ruta):
    envio = {**DATOS, "id": str(uuid4())}
    for _ in range(3):
        assert cliente.post(f"/{elenco.clave}{ruta}", data=envio).status_code == 303
        reloj.avanzar(minutes=2)
    assert cuantas(base) == 1
    assert cuantas(base, "cuarentena") == 0


@pytest.mark.parametrize("malo", [None, "", "x", "00000000-0000-0000-0000-000000000000", "'; DROP TABLE asistencia"])
def test_un_id_que_falta_o_no_sirve_se_cambia_por_uno_nuevo(cliente, base, elenco, malo):
    envio = DATOS | ({} if malo is None else {"id": malo})
    assert cliente.post(f"/{elenco.clave}/r", data=envio).status_code == 303
    UUID(base.execute("SELECT id FROM asistencia").fetchone()[0], version=4)


def test_un_error_se_dice_junto_a_su_campo_y_conserva_lo_escrito(cliente, base, elenco):
    id = str(uuid4())
    respuesta = cliente.post(f"/{elenco.clave}/r", data={**DATOS, "edad": "", "telefono": "12", "id": id})
    pagina = Pagina(respuesta.text)
    assert respuesta.status_code == 422
    assert "Hay 2 respuestas por revisar" in pagina.html
    assert 'id="edad-error"' in pagina.html
    assert "10 números" in pagina.html
    assert (pagina.valores["id"], pagina.valores["nombre"], pagina.valores["telefono"]) == (
        id,
        "Guadalupe Íñiguez",
        "12",
    )
    assert {("sexo", "M"), ("procedencia", "rancho")} <= pagina.marcadas
    assert cuantas(base) == 0


def test_lo_escrito_se_muestra_sin_volverse_codigo(cliente, elenco):
    maldad = '"><script>alert(1)</script>'
    texto = cliente.post(f"/{elenco.clave}/r", data={"nombre": maldad}).text
    assert "<script>alert" not in texto
    assert Pagina(texto).valores["nombre"] == maldad


@pytest.mark.parametrize("edad", ["0-11", "12-17"])
def test_de_una_persona_menor_no_se_guarda_nombre_ni_telefono(cliente, base, elenco, edad):
    assert cliente.post(f"/{elenco.clave}/r", data={**DATOS, "edad": edad}).status_code == 303
    assert base.execute("SELECT edad FROM asistencia").fetchone()[0] == edad
    assert cuantas(base, "identidad") == 0


def test_un_evento_que_no_pide_nombre_ni_telefono_no_los_muestra_ni_los_guarda(cliente, base, azar):
    clave = nuevo_evento(base, azar, pide_nombre=False, pide_telefono=False, pide_procedencia=False)
    pagina = leer(cliente, f"/{clave}/r")
    assert {"nombre", "telefono", "procedencia"}.isdisjoint(a.get("name") for _, a in pagina.etiquetas)
    assert cliente.post(f"/{clave}/r", data=DATOS).status_code == 303
    assert cuantas(base, "identidad") == 0


# --- Contestar ---------------------------------------------------------------------------------------------------


def sobres(base, sello) -> list[dict]:
    """Lo que hay en la urna, abierto con la llave del servidor."""
    return [json.loads(sello.abrir(fila["sobre"], INFO_URNA)) for fila in base.execute("SELECT sobre FROM urna")]


def test_contestar_echa_un_sobre_en_la_urna_y_contesta_listo(cliente, base, elenco, instalacion):
    pagina = leer(cliente, f"/{elenco.clave}/e/1")
    respuesta = cliente.post(f"/{elenco.clave}/e/1", data={**K, "id": pagina.valores["id"], "D1": "M"})
    assert (respuesta.status_code, respuesta.headers["Location"]) == (303, f"/{elenco.clave}/listo?e=1")
    assert cuantas(base, "urna") == 1
    assert cuantas(base) == 0  # contestar no es registrarse
    (sobre,) = sobres(base, instalacion.sello)
    assert sobre["respuestas"]["K2"] == "F"
    assert sobre["sexo"] == "M"


@pytest.mark.parametrize("ruta", ["/r", "/n", "/e/1?idioma=en"])
def test_a_quien_pide_la_pagina_de_una_vez_se_le_da_igual_y_sin_otro_viaje(cliente, elenco, ruta):
    datos = {**K, **DATOS, "id": str(uuid4())}
    directa = cliente.post(f"/{elenco.clave}{ruta}", data=datos, headers={"Prefer": "return=representation"})
    assert (directa.status_code, directa.headers["Preference-Applied"]) == (200, "return=representation")
    assert directa.headers["Cache-Control"] == "no-store"
    repetida = cliente.post(f"/{elenco.clave}{ruta}", data=datos)
    assert (repetida.status_code, repetida.headers["Location"]) == (303, directa.headers["Content-Location"])
    assert cliente.get(repetida.headers["Location"]).text == directa.text


def test_mandar_dos_veces_la_misma_encuesta_es_una_contestacion(cliente, base, elenco):
    envio = {**K, "id": str(uuid4())}
    for _ in range(2):
        assert cliente.post(f"/{elenco.clave}/e/1", data=envio).status_code == 303
    assert cuantas(base, "urna") == 1


def test_una_encuesta_saltada_entera_no_echa_nada(cliente, base, elenco):
    assert cliente.post(f"/{elenco.clave}/e/1", data={"id": str(uuid4())}).status_code == 303
    assert cuantas(base, "urna") == 0


def test_un_error_en_la_encuesta_conserva_lo_contestado(cliente, base, elenco):
    id = str(uuid4())
    respuesta = cliente.post(f"/{elenco.clave}/e/2", data={**K, "ficha": "no es ficha", "I2": "¿Y si…?", "id": id})
    pagina = Pagina(respuesta.text)
    assert respuesta.status_code == 422
    assert "No reconocemos esa ficha" in pagina.html
    assert {("K1", "V"), ("K5", "NS")} <= pagina.marcadas
    assert (pagina.valores["ficha"], pagina.valores["id"]) == ("no es ficha", id)
    assert "¿Y si…?" in pagina.html
    assert cuantas(base, "urna") == 0


def test_menores_no_contestan_sin_autorizacion_de_la_escuela(cliente, base, elenco, azar):
    respuesta = cliente.post(f"/{elenco.clave}/e/1", data={**K, "D2": "12-17"})
    assert respuesta.status_code == 200
    assert "No se guardó lo que contestó" in respuesta.text
    assert cuantas(base, "urna") == 0
    autorizado = nuevo_evento(base, azar, autorizacion_escolar=True)
    assert cliente.post(f"/{autorizado}/e/1", data={**K, "D2": "12-17"}).status_code == 303
    assert cuantas(base, "urna") == 1


def test_la_encuesta_para_adultas_lo_dice_y_no_se_anuncia_por_su_titulo(cliente, elenco):
    for direccion in (f"/{elenco.clave}", f"/{elenco.clave}/listo"):
        pagina = leer(cliente, direccion)
        assert "Para mayores de 18 años" in pagina.html
        assert "¿Esto es violencia?" not in pagina.html
    assert "18 años o más" in leer(cliente, f"/{elenco.clave}/e/4").html


@pytest.mark.parametrize("n", [0, 5, 99])
def test_una_encuesta_que_no_esta_manda_de_regreso_al_registro(cliente, elenco, n):
    pagina = leer(cliente, f"/{elenco.clave}/e/{n}", 404)
    assert f"/{elenco.clave}" in pagina.direcciones


def test_las_respuestas_correctas_salen_despues_y_nunca_antes(cliente, elenco):
    correcta = "Se llama violencia económica"
    assert correcta in leer(cliente, f"/{elenco.clave}/listo?e=2").html
    for ruta in ("", "/e/1", "/e/2", "/listo", "/listo?e=1", "/listo?e=3"):
        assert correcta not in leer(cliente, f"/{elenco.clave}{ruta}").html


def test_lo_que_se_ve_al_terminar_no_depende_de_lo_contestado(cliente, elenco):
    paginas = set()
    for respuestas in (K, {"K1": "F"}, {"K1": "NS", "AT1": "A"}):
        destino = cliente.post(f"/{elenco.clave}/e/2", data=respuestas).headers["Location"]
        paginas.add((destino, cliente.get(destino).text))
    assert len(paginas) == 1


def test_el_tema_de_igualdad_cambia_las_preguntas(cliente, base, azar):
    clave = nuevo_evento(base, azar, tema="igualdad")
    pagina = leer(cliente, f"/{clave}/e/1")
    nombres = {a.get("name") for _, a in pagina.etiquetas}
    assert {"G1", "G5"} <= nombres
    assert "K1" not in nombres


def test_listo_se_ve_aunque_el_evento_ya_haya_cerrado(cliente, base, elenco, instalacion, azar):
    eventos.cerrar(base, elenco.evento_id, HORA, instalacion.sello, azar)
    pagina = leer(cliente, f"/{elenco.clave}/listo")
    assert "Quedó guardado" in pagina.html
    assert f"/{elenco.clave}/r?otra=1" not in pagina.direcciones


def test_la_ayuda_sale_del_directorio_y_se_puede_marcar(cliente, elenco):
    for direccion in ("/ayuda", f"/{elenco.clave}/listo"):
        assert {"tel:911", "tel:079", "tel:8009112000"} <= set(leer(cliente, direccion).direcciones)
