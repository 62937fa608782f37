"""Derechos ARCO en el panel: el folio, los días, hallar con la llave, y dar, corregir, bloquear y borrar."""

import io
import re

import pytest
from fabrica import Fabrica
from pypdf import PdfReader

from recoleccion.consultas import actas, bitacora, derechos, derechos_apartados, identidades, llave
from recoleccion.consultas.cuaderno_llaves import CABEZA, LARGO, lugar
from tests.llave import FRASE
from tests.recoleccion.vistas.oficina import Oficina, leer

NOMBRE, TELEFONO = "Zenaida Quezada Íñiguez", "346 714 00 99"
SOLICITUD = {
    "id": "5a0c1f5e-9d3b-4a52-9d0e-0f0f0f0f0f0f", "derecho": "cancelacion", "via": "persona",
    "recibida_el": "2026-11-25", "nombre": NOMBRE, "avisar": "Calle Hidalgo 12", "pide": "Que se borre mi nombre.",
}  # fmt: skip
AQUI = f"/panel/derechos/{SOLICITUD['id']}"


@pytest.fixture
def titular(app) -> Oficina:
    return Oficina(app, "titular")


@pytest.fixture
def registros(base, instalacion, elenco) -> dict[str, str]:
    """Dos de ella (una vez dio su teléfono) y uno de otra persona."""
    fabrica = Fabrica(instalacion.sello, elenco.evento_id)
    gente = {"una": (NOMBRE, TELEFONO), "dos": ("zenaida quezada", None), "otra": ("Petra Barba", "3461112233")}
    hechos = {cual: fabrica.asistencia(nombre=n, telefono=t) for cual, (n, t) in gente.items()}
    fabrica.recibir(base, *map(fabrica.sellar, hechos.values()))
    return {cual: hecho["id"] for cual, hecho in hechos.items()}


@pytest.fixture
def recibida(titular) -> str:
    assert titular.post("/panel/derechos/nueva", **SOLICITUD).status_code == 303
    return SOLICITUD["id"]


@pytest.fixture
def abierta(titular, recibida) -> Oficina:
    """La titular con los nombres abiertos."""
    assert titular.post("/panel/llave/apertura", frase=FRASE, razon="arco").status_code == 303
    return titular


def visto(base) -> dict[str, tuple]:
    filas = base.execute("SELECT asistencia_id AS id, nombre, telefono, sobre, ranura FROM identidad").fetchall()
    vistas = identidades.mostrar(identidades.con_capa(base, filas), llave.abrir(base, FRASE))
    return {v["id"]: (v["nombre"], v["telefono"]) if v["identidad"] == "abierta" else v["identidad"] for v in vistas}


def leer_pdf(respuesta) -> str:
    assert respuesta.mimetype == "application/pdf"
    assert respuesta.headers["Cache-Control"] == "no-store"
    return " ".join(" ".join(p.extract_text() for p in PdfReader(io.BytesIO(respuesta.data)).pages).split())


def test_se_recibe_sellada_con_folio_y_acuse_y_dos_veces_es_una(titular, recibida, base, datos):
    assert titular.post("/panel/derechos/nueva", **SOLICITUD).status_code == 303
    assert [s["folio"] for s in derechos.listar(base)] == ["ARCO-2026-0001"]
    crudo = (datos / "privada.db").read_bytes() + (datos / "privada.db-wal").read_bytes()
    assert not any(dicho.encode() in crudo for dicho in (NOMBRE, "Calle Hidalgo", "se borre mi nombre"))
    assert b"ARCO-2026-0001" in crudo, "el control: la búsqueda halla lo que sí está"
    texto = titular.texto(AQUI)
    assert NOMBRE not in texto
    assert "Quedan 20 días hábiles, hasta el miércoles 23 de diciembre" in texto
    papel = leer_pdf(titular.get(f"{AQUI}/acuse.pdf"))
    assert "ARCO-2026-0001" in papel
    assert "23 de diciembre" in papel
    assert NOMBRE not in papel
    assert "ARCO-2026-0001" in titular.texto("/panel/")


def test_sin_llave_abierta_no_se_busca_ni_se_entrega(titular, recibida, registros):
    for que in ("busqueda", "entrega.pdf", "correccion"):
        vuelta = titular.post(f"{AQUI}/{que}", nombre="Zenaida")
        assert (vuelta.status_code, vuelta.location) == (303, f"{AQUI}#abrir")
    assert "con su frase se ve quién pide" in titular.texto(AQUI)


def test_con_la_llave_se_hallan_los_suyos_y_la_bitacora_no_dice_a_quien(abierta, registros, base):
    hallada = abierta.post(f"{AQUI}/busqueda", nombre="ZENAIDA quez").text
    assert all(registros[cual] in hallada for cual in ("una", "dos"))
    assert registros["otra"] not in hallada
    por_telefono = abierta.post(f"{AQUI}/busqueda", telefono="714 00 99").text
    assert registros["una"] in por_telefono
    assert registros["dos"] not in por_telefono
    assert "No hay ninguno" in abierta.post(f"{AQUI}/busqueda", nombre="Nadie").text
    assert abierta.post(f"{AQUI}/busqueda").status_code == 422
    assert abierta.post(f"{AQUI}/registros", registro=[registros["una"], registros["dos"]]).status_code == 303
    assert "Calle Hidalgo 12" in abierta.texto(AQUI)
    dicho = " ".join(f"{f['accion']} {f['objeto']} {f['detalle']}" for f in bitacora.listar(base))
    assert "buscar datos ARCO ARCO-2026-0001 2 registros hallados" in dicho
    assert not re.search("zenaida|714|Hidalgo", dicho, re.IGNORECASE)


def test_se_le_entrega_todo_lo_que_se_tiene_de_ella(abierta, registros):
    abierta.post(f"{AQUI}/registros", registro=[registros["una"]])
    papel = leer_pdf(abierta.post(f"{AQUI}/entrega.pdf"))
    for dicho in (NOMBRE, TELEFONO, "Mujer", "30 a 44", "31 de diciembre de 2027", "Las encuestas son anónimas"):
        assert dicho in papel, dicho
    assert "Petra" not in papel
    assert "Se le entregó" in abierta.texto(AQUI)


def test_se_corrige_sellado_y_se_ve_corregido(abierta, registros, base):
    abierta.post(f"{AQUI}/registros", registro=[registros["dos"]])
    assert 'value="zenaida quezada"' in abierta.post(f"{AQUI}/correccion", registro=registros["dos"]).text
    nuevo = {"registro": registros["dos"], "nombre": "Zenaida Quesada", "telefono": ""}
    assert abierta.post(f"{AQUI}/correccion", **nuevo).status_code == 303
    assert visto(base)[registros["dos"]] == ("Zenaida Quesada", None)
    assert abierta.post(f"{AQUI}/correccion", registro=registros["otra"], nombre="X", telefono="").status_code == 409
    assert visto(base)[registros["otra"]][0] == "Petra Barba"


def test_bloqueado_no_sale_en_la_lista_y_se_puede_desbloquear(abierta, registros, elenco, base):
    lista = f"/panel/eventos/{elenco.evento_id}/lista"
    assert NOMBRE in abierta.texto(lista)
    abierta.post(f"{AQUI}/registros", registro=[registros["una"]])
    abierta.post(f"{AQUI}/bloqueo", registro=[registros["una"]])
    assert NOMBRE not in abierta.texto(lista)
    assert "(bloqueado)" in abierta.texto(lista)
    assert NOMBRE in abierta.texto(AQUI), "en su solicitud sí se ve"
    abierta.post(f"{AQUI}/desbloqueo", registro=[registros["una"]])
    assert NOMBRE in abierta.texto(lista)
    # Si al final no procede, lo bloqueado deja de estarlo.
    abierta.post(f"{AQUI}/bloqueo", registro=[registros["una"]])
    abierta.post(f"{AQUI}/respuesta", respuesta="no_procede", razon="La ley pide conservarlo.")
    assert NOMBRE in abierta.texto(lista)


def test_borrar_llega_al_cuaderno_deja_acta_y_no_toca_las_cuentas(abierta, registros, base, datos, elenco):
    ranura = base.execute("SELECT ranura FROM identidad WHERE asistencia_id = ?", [registros["una"]]).fetchone()[0]
    su_llave = lugar(datos).read_bytes()[CABEZA + LARGO * ranura :][:LARGO]
    suyos = [registros["una"], registros["dos"]]
    abierta.post(f"{AQUI}/registros", registro=suyos)
    abierta.post(f"{AQUI}/borrado", registro=suyos, escrito="sí")
    assert set(visto(base)) == set(registros.values()), "sin escribir «borrar» no se borra"
    # El de otra persona, aunque se mande, no es de la solicitud.
    vuelta = abierta.post(f"{AQUI}/borrado", registro=[*suyos, registros["otra"]], escrito="Borrar")
    assert vuelta.status_code == 303
    assert visto(base) == {registros["otra"]: ("Petra Barba", "3461112233")}
    assert base.execute("SELECT count(*) FROM asistencia").fetchone()[0] == 3
    assert su_llave not in lugar(datos).read_bytes()
    (acta,) = actas.listar(base, "arco")
    assert (acta["coincide"], acta["datos"]["nombres"], acta["datos"]["folio"]) == (True, 2, "ARCO-2026-0001")
    papel = leer_pdf(abierta.get(f"/panel/nombres/actas/{acta['id']}.pdf"))
    assert acta["huella"] in papel
    assert acta["datos"]["bitacora"] in papel
    assert "Zenaida" not in papel
    assert abierta.get("/panel/nombres/actas/otra.pdf").status_code == 404


def test_el_tramite_paso_a_paso_y_sus_plazos(app, recibida, reloj):
    reloj.avanzar(days=1)
    abierta = Oficina(app, "titular")

    def dice(texto: str) -> bool:
        return texto in abierta.texto(AQUI)

    assert abierta.post(f"{AQUI}/prevencion").status_code == 303
    assert dice("Esperando que la persona traiga lo que falta. Quedan 10 días hábiles")
    assert abierta.post(f"{AQUI}/prevencion").status_code == 409
    assert abierta.post(f"{AQUI}/complemento").status_code == 303
    assert dice("Por contestar. Quedan 20 días hábiles, hasta el jueves 24 de diciembre")
    assert abierta.post(f"{AQUI}/ampliacion", razon="").status_code == 422
    assert abierta.post(f"{AQUI}/ampliacion", razon="Faltan tres carpetas").status_code == 303
    assert abierta.post(f"{AQUI}/ampliacion", razon="Otra vez").status_code == 409
    assert dice("Quedan 30 días hábiles")
    assert abierta.post(f"{AQUI}/respuesta", respuesta="no_procede", razon="").status_code == 422
    assert abierta.post(f"{AQUI}/respuesta", respuesta="procede", razon="").status_code == 303
    assert dice("falta hacer lo que procedió. Quedan 15 días hábiles")
    assert abierta.post(f"{AQUI}/cumplimiento").status_code == 303
    assert dice("Terminada")
    assert abierta.post(f"{AQUI}/respuesta", respuesta="procede", razon="").status_code == 409


def test_lo_que_vence_se_dice_en_la_primera_pagina_y_al_final_se_olvida_quien_pidio(
    app, titular, recibida, base, reloj
):
    reloj.avanzar(days=60)
    otra = Oficina(app, "titular")
    assert "El plazo venció el" in otra.texto("/panel/")
    assert "Venció el" in otra.texto("/panel/derechos")
    otra.post(f"{AQUI}/respuesta", respuesta="sin_datos", razon="No aparece")
    assert derechos.leer(base, SOLICITUD["id"])["dice"]
    reloj.avanzar(days=91)
    hoy = reloj().date()
    assert derechos.por_olvidar(base, hoy) == [SOLICITUD["id"]]
    assert derechos.olvidar(base, hoy) == 1
    assert derechos.abrir(base, SOLICITUD["id"], llave.abrir(base, FRASE)) is None
    assert base.execute("SELECT count(*) FROM ranura_borrada").fetchone()[0] == 1
    assert "Ya se borró" in Oficina(app, "titular").texto(AQUI)


def test_los_plazos_son_de_cada_oficina(titular, recibida):
    dias = {"responder": "10", "ampliar": "5", "cumplir": "15", "prevenir": "5", "completar": "10", "guardar": "30"}
    assert "su oficina no los ha confirmado" in titular.texto("/panel/derechos")
    assert "20 de marzo de 2025" in titular.texto("/panel/derechos/plazos")
    assert titular.post("/panel/derechos/plazos", **dias).status_code == 303
    assert "confirmado" not in titular.texto("/panel/derechos")
    assert "20 de marzo" not in titular.texto("/panel/derechos/plazos"), "ya no son los de esa ley"
    assert "Quedan 10 días hábiles" in titular.texto(AQUI)
    assert titular.post("/panel/derechos/plazos", **dias | {"responder": "0"}).status_code == 422


def test_unas_vacaciones_mal_escritas_no_tumban_nada_y_se_dicen(titular, recibida, datos):
    archivo = datos / "catalogos" / "inhabiles.csv"
    for malo in (
        b"clave,etiqueta,regla\nx,X,cuando sea\n",
        "clave,etiqueta,regla\nx,Año,01-01".encode("latin-1"),
    ):
        archivo.write_bytes(malo)
        assert "Los plazos se cuentan sin los días de esta oficina: inhabiles.csv" in titular.texto("/panel/derechos")
        assert "Quedan 20 días hábiles" in titular.texto(AQUI)
        assert titular.get("/panel/").status_code == 200
    archivo.write_text("clave,etiqueta,regla\nv,Vacaciones,2026-11-26 a 2026-12-02\n", "utf-8")
    assert "hasta el miércoles 30 de diciembre" in titular.texto(AQUI)


def test_lo_que_falta_se_dice_y_nada_se_pierde(titular, base):
    mala = titular.post("/panel/derechos/nueva", **SOLICITUD | {"nombre": "", "recibida_el": "2027-01-01", "pide": ""})
    assert mala.status_code == 422
    assert "Calle Hidalgo 12" in mala.text
    assert derechos.listar(base) == []
    assert titular.get("/panel/derechos/no-hay").status_code == 404


def test_cuanto_se_guardan_los_nombres_es_un_ajuste(titular, base):
    assert "31 de diciembre del año que sigue" in titular.texto("/panel/nombres")
    assert titular.post("/panel/nombres/periodo", anios="3").status_code == 303
    assert "3 años después del año del programa" in titular.texto("/panel/nombres")
    assert titular.post("/panel/nombres/periodo", anios="0").status_code == 422


@pytest.fixture
def apartado(base, instalacion, elenco) -> dict:
    """Uno de ella que no se pudo contar porque es de un evento que aquí no está."""
    fabrica = Fabrica(instalacion.sello, elenco.evento_id, semilla=8)
    registro = fabrica.asistencia(nombre=NOMBRE, telefono=TELEFONO, evento="11111111-1111-4111-8111-111111111111")
    (acuse,) = fabrica.recibir(base, fabrica.sellar(registro))
    assert acuse["codigo"] == "evento_desconocido"
    return registro


def en_apartados(base, instalacion) -> list[str | None]:
    """Los nombres que dicen, con las dos llaves."""
    return [f["nombre"] for f in derechos_apartados.leer(base, instalacion.sello, llave.abrir(base, FRASE)).filas]


def test_lo_que_espera_por_revisar_tambien_se_halla_y_se_entrega(abierta, apartado, base, instalacion):
    hallado = abierta.post(f"{AQUI}/busqueda", nombre="zenaida quez", telefono="714 00 99")
    assert "Espera en «Por revisar»: no se cuenta. Coincide: nombre, teléfono" in leer(hallado)
    assert "no se puede leer" not in leer(hallado)
    abierta.post(f"{AQUI}/registros", registro=[apartado["id"]])
    assert "Corregir el marcado" not in abierta.texto(AQUI), "antes se acepta"
    papel = leer_pdf(abierta.post(f"{AQUI}/entrega.pdf"))
    for dicho in (NOMBRE, TELEFONO, "Todavía no: espera revisión", "llegó el", "Hasta que se revise"):
        assert dicho in papel, dicho
    cerrada = Oficina(abierta.cliente.application, "titular")
    assert NOMBRE not in cerrada.texto(AQUI), "sin la llave no se lee"


def test_lo_que_no_se_puede_leer_se_dice(abierta, apartado, base, instalacion):
    base.execute("UPDATE cuarentena SET bytes = x'00', ranura = NULL")
    assert "1 registro apartado no se puede leer, así que ahí no se buscó" in leer(
        abierta.post(f"{AQUI}/busqueda", nombre="zenaida")
    )


@pytest.mark.parametrize("descartado", [False, True])
def test_borrar_lo_apartado_le_quita_el_nombre_y_no_vuelve(
    abierta, apartado, base, datos, instalacion, elenco, descartado
):
    (suya,) = base.execute("SELECT id, ranura, huella FROM cuarentena").fetchall()
    if descartado:
        abierta.post(f"/panel/cuarentena/{suya['id']}/revision", resolucion="No es de aquí")
    su_llave = lugar(datos).read_bytes()[CABEZA + LARGO * suya["ranura"] :][:LARGO]
    ayer = base.execute("SELECT bytes FROM cuarentena").fetchone()["bytes"]
    abierta.post(f"{AQUI}/registros", registro=[apartado["id"]])
    assert en_apartados(base, instalacion) == [NOMBRE]
    assert abierta.post(f"{AQUI}/borrado", registro=[apartado["id"]], escrito="borrar").status_code == 303
    assert en_apartados(base, instalacion) == [None]
    assert "ya no dice quién es" in abierta.texto(AQUI)
    assert "Bloquear" not in abierta.texto(AQUI), "ya no hay qué"
    assert su_llave not in lugar(datos).read_bytes(), "un respaldo de ayer tampoco lo abre"
    assert ayer not in (datos / "privada.db").read_bytes() + (datos / "privada.db-wal").read_bytes()
    assert [a["datos"]["nombres"] for a in actas.listar(base, "arco")] == [1]
    # Restaurado un respaldo de antes de que llegara, un teléfono lo ofrece otra vez: llega sin nombre.
    base.execute("DELETE FROM cuarentena")
    fabrica = Fabrica(instalacion.sello, elenco.evento_id)
    fabrica.recibir(base, fabrica.sellar(apartado))
    assert en_apartados(base, instalacion) == [None]
    # Y si su evento ya está, se cuenta sin decir de quién es.
    assert fabrica.mandar(base, apartado | {"evento": elenco.evento_id}) == ["aceptado"]
    assert visto(base) == {}


def test_de_dos_versiones_de_un_registro_se_borran_los_dos_nombres(abierta, registros, base, instalacion, elenco):
    fabrica = Fabrica(instalacion.sello, elenco.evento_id)
    otra = fabrica.asistencia(nombre="Zenaida Q.", id=registros["una"])
    assert fabrica.mandar(base, otra) == ["conflicto"]
    abierta.post(f"{AQUI}/registros", registro=[registros["una"]])
    abierta.post(f"{AQUI}/borrado", registro=[registros["una"]], escrito="borrar")
    assert registros["una"] not in visto(base)
    assert en_apartados(base, instalacion) == [None]
