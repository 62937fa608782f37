"""Hacer una encuesta en el panel: de nada a guardada, sin perder lo escrito y sin que dos ventanas se pisen."""

import json
import re
from html import unescape

import pytest

from formularios.instrumento import Instrumento, incluidos
from recoleccion.consultas import borradores, instrumentos
from recoleccion.errores import ErrorJornada
from tests.elenco import HORA
from tests.recoleccion.vistas.borrador import agregar, empezar, guardado, mandar, preguntas, revision
from tests.recoleccion.vistas.oficina import Oficina, leer


@pytest.fixture
def titular(app) -> Oficina:
    return Oficina(app, "titular")


def test_de_nada_a_una_encuesta_de_cinco_preguntas_con_una_condicion(titular, base):
    editar = empezar(titular)
    assert editar == "/panel/instrumentos/sobre_la_feria/editar"
    agregar(titular, editar, "¿Vino acompañada?", "una", "Sí\nNo")
    agregar(titular, editar, "¿Con cuántas personas?", "entero")
    agregar(titular, editar, "¿Qué le gustó?", "varias", "La música\nLa comida\nNada")
    agregar(titular, editar, "¿Cómo se la pasó?", "caritas")
    agregar(titular, editar, "¿Qué cambiaría?", "texto")
    respuesta = mandar(titular, f"{editar}/pregunta/P2", texto="¿Con cuántas personas?", si="P1 es si", accion="listo")
    assert respuesta.headers["Location"] == f"{editar}#P2"
    pagina = titular.texto(editar)
    assert "Solo si contestó «Sí» en la 1" in pagina
    assert "Para guardarla falta" not in pagina

    respuesta = mandar(titular, editar, version="1")  # cualquier otro botón no guarda la versión
    assert respuesta.status_code == 303
    respuesta = titular.post(f"{editar}/version", revision=revision(titular, editar), version="1")
    assert respuesta.status_code == 303
    encuesta = instrumentos.leer(base, "sobre_la_feria", 1)
    assert [p.tipo for p in encuesta.preguntas] == ["una", "entero", "varias", "una", "texto"]
    assert encuesta.por_clave["P2"].relevante == "${P1} = 'si'"
    assert encuesta.por_clave["P5"].privada
    assert borradores.listar(base) == []
    assert "Se guardó «Sobre la feria», versión 1" in titular.texto(respuesta.headers["Location"])


def test_una_encuesta_guardada_se_edita_con_las_mismas_claves_y_la_version_vieja_no_cambia(titular, base):
    editar = "/panel/instrumentos/satisfaccion/editar"
    assert titular.get(editar).status_code == 200
    assert borradores.listar(base) == []  # verla no empieza nada
    mandar(titular, f"{editar}/pregunta/S1", texto="¿Qué le pareció la plática?", accion="listo")
    mandar(titular, editar, accion="quitar", pregunta="S7")
    titular.post(f"{editar}/version", revision=revision(titular, editar), version="2")
    nueva = instrumentos.leer(base, "satisfaccion", 2)
    assert [p.clave for p in nueva.preguntas] == ["S1", "S2", "S3", "S4", "S5", "S6"]
    assert nueva.por_clave["S1"].texto == "¿Qué le pareció la plática?"
    assert nueva.por_clave["S1"].opciones == incluidos()["satisfaccion"].por_clave["S1"].opciones
    assert instrumentos.leer(base, "satisfaccion", 1) == incluidos()["satisfaccion"]


def test_dos_ventanas_no_se_pisan_y_lo_de_las_dos_se_conserva(app, titular, base):
    editar = empezar(titular)
    agregar(titular, editar, "¿Vino acompañada?", "una", "Sí\nNo")
    otra = Oficina(app, "titular")
    pregunta = f"{editar}/pregunta/P1"
    vista = revision(titular, pregunta)
    mandar(
        otra, pregunta, texto="¿Vino sola?", **{"opcion-si": "Sí", "opcion-no": "No, acompañada"}, accion="quitar-si"
    )

    respuesta = titular.post(
        pregunta, revision=vista, texto="¿Con quién vino?", opciones="Con mi mamá", accion="listo",
        **{"opcion-si": "Sí, sola", "opcion-no": "No"},
    )  # fmt: skip
    assert respuesta.status_code == 409
    pagina = leer(respuesta)
    assert "Alguien más la cambió mientras usted escribía" in pagina
    assert "¿Vino sola?" in pagina
    assert "No, acompañada" in pagina
    assert preguntas(base)[0]["texto"] == "¿Vino sola?"
    crudo = unescape(respuesta.text)
    assert "¿Con quién vino?</textarea>" in crudo
    assert "Sí, sola\nCon mi mamá</textarea>" in crudo

    nueva = re.search(r'name="revision" value="(\d+)"', respuesta.text)[1]
    respuesta = titular.post(
        pregunta, revision=nueva, texto="¿Con quién vino?", opciones="Sí, sola\nCon mi mamá", accion="listo",
        **{"opcion-no": "No"},
    )  # fmt: skip
    assert respuesta.status_code == 303
    assert preguntas(base)[0]["texto"] == "¿Con quién vino?"
    assert [o["clave"] for o in preguntas(base)[0]["opciones"]] == ["no", "si_sola", "con_mi_mama"]


def test_si_la_otra_ventana_quito_la_pregunta_lo_escrito_queda_como_nueva(app, titular, base):
    editar = empezar(titular)
    agregar(titular, editar, "¿Vino acompañada?", "una", "Sí\nNo")
    vista = revision(titular, editar)
    mandar(Oficina(app, "titular"), editar, accion="quitar", pregunta="P1")
    respuesta = titular.post(
        f"{editar}/pregunta/P1", revision=vista, texto="¿Vino con alguien?", tipo="una", accion="listo",
        **{"opcion-si": "Sí", "opcion-no": "No"},
    )  # fmt: skip
    assert respuesta.status_code == 409
    assert "¿Vino con alguien?</textarea>" in respuesta.text
    assert "Sí\nNo" in unescape(respuesta.text)
    assert preguntas(base) == []


@pytest.mark.parametrize("accion", ["subir", "bajar", "duplicar", "quitar", "deshacer"])
def test_los_botones_de_una_ventana_vieja_no_hacen_nada_y_lo_dicen(titular, base, accion):
    editar = empezar(titular)
    for texto in ("¿Uno?", "¿Dos?", "¿Tres?"):
        agregar(titular, editar, texto, "entero")
    mandar(titular, editar, accion="quitar", pregunta="P3")
    mandar(titular, editar, accion="duplicar", pregunta="P1")
    antes = json.dumps(guardado(base))
    respuesta = titular.post(editar, revision="1", accion=accion, pregunta="P4" if accion != "bajar" else "P1")
    assert respuesta.status_code == 409
    assert "Alguien más la cambió" in leer(respuesta)
    assert json.dumps(guardado(base)) == antes


def test_subir_bajar_duplicar_quitar_y_deshacer(titular, base):
    editar = empezar(titular)
    for texto in ("¿Uno?", "¿Dos?", "¿Tres?"):
        agregar(titular, editar, texto, "entero")

    def orden() -> list[str]:
        return [p["texto"] for p in preguntas(base)]

    mandar(titular, editar, accion="subir", pregunta="P3")
    assert orden() == ["¿Uno?", "¿Tres?", "¿Dos?"]
    mandar(titular, editar, accion="bajar", pregunta="P1")
    assert orden() == ["¿Tres?", "¿Uno?", "¿Dos?"]
    respuesta = mandar(titular, editar, accion="duplicar", pregunta="P1")
    assert orden() == ["¿Tres?", "¿Uno?", "¿Uno?", "¿Dos?"]
    assert respuesta.headers["Location"].endswith("#P4")
    mandar(titular, editar, accion="quitar", pregunta="P3")
    assert "Se quitó «¿Tres?»" in titular.texto(editar)
    mandar(titular, editar, accion="deshacer")
    assert orden() == ["¿Tres?", "¿Uno?", "¿Uno?", "¿Dos?"]
    assert "Se quitó" not in titular.texto(editar)


def test_las_opciones_se_cambian_se_mueven_y_se_quitan_con_lo_demas_que_se_escribio(titular, base):
    editar = empezar(titular)
    agregar(titular, editar, "¿Qué le gustó?", "varias", "Música\nComida")
    pregunta = f"{editar}/pregunta/P1"
    filas = {"opcion-musica": "La música", "opcion-comida": "Comida", "exclusiva-comida": "si"}
    mandar(titular, pregunta, texto="¿Qué le gustó más?", accion="bajar-musica", **filas)
    una = preguntas(base)[0]
    assert una["texto"] == "¿Qué le gustó más?"
    assert [(o["clave"], o["texto"], o["exclusiva"]) for o in una["opciones"]] == [
        ("comida", "Comida", True),
        ("musica", "La música", False),
    ]
    mandar(titular, pregunta, texto=una["texto"], accion="quitar-comida", **filas)
    mandar(titular, pregunta, texto=una["texto"], opciones="Comida\n\nBaile", accion="agregar")
    assert [o["clave"] for o in preguntas(base)[0]["opciones"]] == ["musica", "comida_2", "baile"]


def test_con_un_error_todo_lo_escrito_sigue_ahi_y_no_se_guarda(titular, base):
    editar = empezar(titular)
    agregar(titular, editar, "¿Cuántas?", "entero")
    agregar(titular, editar, "¿Cuáles?", "una", "Una\nDos")
    pregunta = f"{editar}/pregunta/P2"
    respuesta = mandar(
        titular, pregunta, texto="¿Cuáles eran?", ayuda="Todas.", opciones="Tres", si="P1 mayor", si_numero="dos",
        accion="listo", **{"opcion-una": "La una", "opcion-dos": "Dos"},
    )  # fmt: skip
    assert respuesta.status_code == 422
    for esperado in ("¿Cuáles eran?", 'value="Todas."', "Tres</textarea>", 'value="dos"', 'value="La una"'):
        assert esperado in unescape(respuesta.text)
    assert 'value="P1 mayor" selected' in respuesta.text
    assert "Escriba el número" in leer(respuesta)
    assert preguntas(base)[1]["texto"] == "¿Cuáles?"
    mandar(titular, pregunta, texto="¿Cuáles eran?", si="P1 mayor", si_numero="2", accion="listo")
    assert preguntas(base)[1]["relevante"] == "${P1} > 2"


def test_lo_que_falta_se_dice_en_su_pregunta_y_no_se_guarda_la_version(titular, base):
    editar = empezar(titular)
    agregar(titular, editar, "¿Cuál?", "una")
    pagina = titular.texto(editar)
    assert "Para guardarla falta: Pregunta 1 : Escriba sus opciones." in pagina
    respuesta = titular.post(f"{editar}/version", revision=revision(titular, editar), version="1")
    assert respuesta.status_code == 422
    assert instrumentos.listar(base)[-1]["clave"] != "sobre_la_feria"
    assert titular.get(f"{editar}/vista").status_code == 303


@pytest.mark.parametrize("numero", ["9" * 5000, "²", "-1", "1e9", "\x00"])
def test_un_numero_de_version_absurdo_no_rompe(titular, numero):
    editar = empezar(titular)
    agregar(titular, editar, "¿Cuántas?", "entero")
    assert titular.post(f"{editar}/version", revision=revision(titular, editar), version=numero).status_code == 409
    assert titular.post(f"{editar}/version", revision=numero, version="1").status_code == 409


def test_guardar_la_version_que_ya_no_es_la_que_se_vio_no_guarda(titular, base):
    editar = empezar(titular)
    agregar(titular, editar, "¿Cuántas?", "entero")
    vista = revision(titular, editar)
    agregar(titular, editar, "¿Y cuántos?", "entero")
    assert titular.post(f"{editar}/version", revision=vista, version="1").status_code == 409
    actual = revision(titular, editar)
    assert titular.post(f"{editar}/version", revision=actual, version="7").status_code == 409
    assert titular.post(f"{editar}/version", revision="", version="").status_code == 409
    with pytest.raises(ErrorJornada):
        instrumentos.leer(base, "sobre_la_feria", 1)


def test_sin_cambios_no_se_guarda_otra_version(titular, base):
    editar = "/panel/instrumentos/satisfaccion/editar"
    respuesta = titular.post(f"{editar}/version", revision="0", version="2")
    assert respuesta.status_code == 422
    assert "igual que la última versión" in leer(respuesta)


def test_si_mientras_tanto_se_guardo_otra_version_se_avisa_y_la_de_aqui_es_la_que_sigue(titular, base):
    editar = empezar(titular)
    agregar(titular, editar, "¿Cuántas?", "entero")
    titular.post(f"{editar}/version", revision=revision(titular, editar), version="1")
    agregar(titular, editar, "¿De aquí?", "entero")  # P2 del borrador
    primera = instrumentos.leer(base, "sobre_la_feria", 1).a_dict()
    ajena = {"clave": "P2", "tipo": "fecha", "texto": "¿Qué día?"}
    instrumentos.guardar(
        base, Instrumento.de_dict(primera | {"version": 2, "preguntas": [*primera["preguntas"], ajena]}), HORA
    )
    assert "se guardó la versión 2 por otro lado" in titular.texto(editar)
    assert titular.post(f"{editar}/version", revision=revision(titular, editar), version="3").status_code == 303
    tercera = instrumentos.leer(base, "sobre_la_feria", 3)
    assert [(p.clave, p.texto) for p in tercera.preguntas] == [("P1", "¿Cuántas?"), ("P3", "¿De aquí?")]


def test_dos_encuestas_con_el_mismo_titulo_no_se_confunden(titular):
    assert empezar(titular, "Nueva") == "/panel/instrumentos/nueva_2/editar"
    assert empezar(titular, "Nueva") == "/panel/instrumentos/nueva_3/editar"
    assert empezar(titular, "¿Cómo estuvo?") == "/panel/instrumentos/como_estuvo/editar"
    assert empezar(titular, "Satisfacción") == "/panel/instrumentos/satisfaccion_2/editar"
    assert empezar(titular, "123 🌸") == "/panel/instrumentos/encuesta/editar"


def test_lo_que_esta_a_medias_se_ve_en_la_lista_y_se_sigue_otro_dia(titular):
    assert "A medias" not in titular.texto("/panel/instrumentos")
    editar = empezar(titular)
    assert "A medias Sobre la feria , que será la versión 1" in titular.texto("/panel/instrumentos")
    assert f'href="{editar}"' in titular.get("/panel/instrumentos").text


def test_una_copia_es_otra_encuesta_y_la_original_sigue_igual(titular, base):
    respuesta = titular.post("/panel/instrumentos/despues/copia")
    editar = respuesta.headers["Location"]
    assert editar == "/panel/instrumentos/copia_de_que_nos_llevamos/editar"
    mandar(titular, editar, accion="quitar", pregunta="I2")
    assert titular.post(f"{editar}/version", revision=revision(titular, editar), version="1").status_code == 303
    copia = instrumentos.leer(base, "copia_de_que_nos_llevamos", 1)
    original = incluidos()["despues"]
    assert copia.titulo == "Copia de ¿Qué nos llevamos?"
    assert copia.preguntas == tuple(p for p in original.preguntas if p.clave != "I2")
    assert instrumentos.leer(base, "despues", 1) == original
    assert titular.post("/panel/instrumentos/no_hay/copia").status_code == 404


def test_un_borrador_se_descarta_y_lo_guardado_sigue(titular, base):
    editar = "/panel/instrumentos/satisfaccion/editar"
    mandar(titular, editar, accion="quitar", pregunta="S7")
    assert titular.post(f"{editar}/descarte", revision="0").status_code == 409
    assert titular.post(f"{editar}/descarte", revision=revision(titular, editar)).status_code == 303
    assert borradores.listar(base) == []
    assert len(instrumentos.leer(base, "satisfaccion", 1).preguntas) == 7


def test_la_portada_se_cambia_y_con_error_no_se_pierde(titular, base):
    editar = empezar(titular)
    datos = {"titulo": "Otra feria", "intro": "Hola.", "minutos": "1,5", "cierre": "Gracias.", "edad_minima": "18"}
    respuesta = mandar(titular, f"{editar}/portada", **datos | {"minutos": "muchos"})
    assert respuesta.status_code == 422
    assert "Otra feria" in respuesta.text
    assert mandar(titular, f"{editar}/portada", lleva_ficha="y", **datos).status_code == 303
    modelo = guardado(base)["modelo"]
    assert (modelo["titulo"], modelo["minutos"], modelo["edad_minima"], modelo["lleva_ficha"]) == (
        "Otra feria",
        1.5,
        18,
        True,
    )
    respuesta = titular.post(f"{editar}/portada", revision="1", **datos | {"titulo": "La mía"})
    assert respuesta.status_code == 409
    assert "La mía" in respuesta.text
    assert "Así está guardada ahora Título Otra feria" in leer(respuesta)


def test_lo_de_la_hoja_de_calculo_se_ensena_y_sobrevive(titular, base):
    editar = "/panel/instrumentos/despues/editar"
    pagina = titular.texto(editar)
    assert "Esta parte se cambia en la hoja de cálculo: cuál es la respuesta correcta" in pagina
    forma = titular.texto(f"{editar}/pregunta/K1")
    assert "Aquí se queda como está" in forma
    mandar(
        titular,
        f"{editar}/pregunta/K1",
        texto="Otra redacción",
        tipo="entero",
        accion="quitar-V",
        **{"opcion-V": "Cierto"},
    )
    cambiada = guardado(base, "despues")["modelo"]["preguntas"][2]
    original = incluidos()["despues"].a_dict()["preguntas"][2]
    assert cambiada["opciones"][0] == {"clave": "V", "texto": "Cierto"}
    assert {c: v for c, v in cambiada.items() if c not in ("texto", "opciones", "ayuda", "indicador")} == {
        c: v for c, v in original.items() if c not in ("texto", "opciones", "ayuda", "indicador")
    }


def test_lo_que_no_existe_da_404_y_lo_absurdo_no_rompe(titular, base):
    assert titular.get("/panel/instrumentos/no_hay/editar").status_code == 404
    assert titular.post("/panel/instrumentos/no_hay/editar", revision="0").status_code == 404
    editar = empezar(titular)
    assert titular.get(f"{editar}/pregunta/P9").status_code == 303
    for datos in ({}, {"revision": "x"}, {"revision": "9" * 40}, {"revision": "1", "accion": "volar"}):
        assert titular.post(editar, **datos).status_code == 303
    assert titular.post(f"{editar}/pregunta", revision="1", tipo="foto", texto="¿?").status_code == 422
    assert titular.post(f"{editar}/pregunta", revision="1", tipo="una", texto="x" * 3000).status_code == 422
    assert preguntas(base) == []


def test_la_vista_previa_del_borrador_se_contesta_y_no_guarda_nada(titular, base):
    editar = empezar(titular)
    agregar(titular, editar, "¿Cuántas?", "entero")
    assert "¿Cuántas?" in titular.texto(f"{editar}/vista")
    assert f'src="{editar}/vista"' in titular.get(editar).text
    respuesta = titular.post(f"{editar}/vista", P1="7")
    assert "Es una prueba: no se guardó nada" in leer(respuesta)
    assert base.execute("SELECT count(*) FROM recibido").fetchone()[0] == 0


def test_queda_en_la_bitacora_y_la_promotora_no_entra(app, titular, base):
    editar = empezar(titular)
    agregar(titular, editar, "¿Cuántas?", "entero")
    acciones = [f["accion"] for f in base.execute("SELECT accion FROM bitacora ORDER BY id DESC LIMIT 2")]
    assert acciones == ["agregar pregunta", "empezar encuesta"]
    assert Oficina(app, "promotora").get(editar).status_code == 403
