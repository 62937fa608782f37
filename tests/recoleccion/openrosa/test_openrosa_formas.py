"""Los XForms que se ofrecen: qué dicen, qué no dicen, y que lo contestado en ellos es lo mismo que en una página."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from instancia import JR, XF, contestada, primaria

from formularios.catalogos import INICIALES, cargar
from formularios.contestar import validar
from formularios.instrumento import Grupo, Instrumento, Opcion, Pregunta, incluidos
from formularios.xlsform.equivalencia import sin_equivalente
from recoleccion.openrosa import formas, lectura
from tests.formularios.xlsform.al_azar import AHORA, contestar, instrumentos

EVENTO = {"clave": "K7MD2Q", "titulo": "Plática <1>", "fecha": "2026-11-25", "tema": "violencia", "pide_procedencia": 1}
AVISO = {"version": 3, "simplificado": "Sus datos se quedan en la oficina.\x0b"}
ID = "11111111-1111-4111-8111-111111111111"
AJUSTES = settings(
    deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
)
SI_NO = (Opcion("si", "Sí"), Opcion("no", "No"), Opcion("ninguna", "Ninguna", exclusiva=True))


def instrumento(*preguntas: Pregunta, **otros) -> Instrumento:
    return Instrumento(
        clave="familia", version=2, titulo="Su familia", intro="", minutos=1, preguntas=preguntas, **otros
    )


def binds(forma: formas.Forma) -> dict[str, dict[str, str]]:
    return {b.attrib["nodeset"]: b.attrib for b in ET.fromstring(forma.xml).iter(f"{XF}bind")}


@settings(AJUSTES, max_examples=80)
@given(i=instrumentos(), semilla=st.integers(0, 2**16))
def test_lo_contestado_en_el_xform_vale_lo_mismo_que_en_la_pagina(i, semilla):
    azar = Random(semilla)
    datos, _ = contestar(i, azar, intentos=6)
    ficha = "luna 37" if i.lleva_ficha and azar.random() < 0.5 else ""
    forma = formas.encuesta(EVENTO, i)
    del_modulo = i.para_tema(EVENTO["tema"])
    datos = {n: v for n, v in datos.items() if n in {*contestar_campos(del_modulo)}}
    registro = lectura.contestacion(
        lectura.leer(contestada(forma.xml, del_modulo, datos, ID, ficha=ficha, azar=azar)), "evento", i
    )
    leidos = dict(registro["datos"]["respuestas"])
    assert registro["datos"]["ficha"] == (ficha or None)
    con_ficha = {"ficha": [ficha]} if ficha else {}
    por_la_pagina = validar(i, datos | con_ficha, ahora=AHORA, personal=None)
    assert validar(i, leidos | con_ficha, ahora=AHORA, personal=None) == por_la_pagina


def contestar_campos(i: Instrumento) -> list[str]:
    from formularios.contestar import nombre_campo, vueltas

    return [nombre_campo(p, v) for p in i.preguntas if p.con_campo for v in vueltas(i, p)]


def test_el_control_una_lectura_que_pierde_una_vuelta_se_nota(monkeypatch):
    """El defecto plantado: contar las vueltas desde cero."""
    de_veras = lectura.nombre_campo
    monkeypatch.setattr(lectura, "nombre_campo", lambda p, v: de_veras(p, tuple(n - 1 for n in v)))
    with pytest.raises(AssertionError):
        test_lo_contestado_en_el_xform_vale_lo_mismo_que_en_la_pagina()


@pytest.mark.parametrize("i", incluidos().values(), ids=lambda i: i.clave)
def test_las_encuestas_que_vienen_no_llevan_ni_respuesta_ni_quien_ni_cuando(i):
    forma = formas.encuesta(EVENTO, i)
    texto = forma.xml.decode()
    assert forma.id == f"{i.clave}-K7MD2Q"
    assert formas.partir_id(forma.id) == (i.clave, "K7MD2Q")
    assert formas.partir_version(forma.version) == i.version
    assert filtraciones(texto) == []
    for explicacion in filter(None, (p.explicacion for p in i.preguntas)):
        assert explicacion.split(".")[1].strip() not in texto
    raiz = primaria(forma.xml)
    assert (raiz.get("id"), raiz.get("version")) == (forma.id, forma.version)
    meta = raiz.find(f"{XF}meta")
    assert [hijo.tag.removeprefix(XF) for hijo in meta] == ["instanceID"]


def filtraciones(texto: str) -> list[str]:
    """Lo que diría quién contestó, desde dónde o cuándo, o cuál es la respuesta buena."""
    cargas = re.findall(r'jr:preload="(\w+)"', texto)
    prohibidas = ("deviceid", "simserial", "subscriberid", "phonenumber", "username", "email", "audit", "timestamp")
    return [c for c in cargas if c not in ("uid",)] + [
        p for p in (*prohibidas, "correcta", "explicacion", "jornada:") if p in texto
    ]


def test_el_control_una_filtracion_plantada_se_nota():
    bind = '<bind nodeset="/data/inicio" jr:preload="timestamp" jr:preloadParams="start"/>'
    assert filtraciones(formas.encuesta(EVENTO, incluidos()["antes"]).xml.decode() + bind) == ["timestamp", "timestamp"]


def test_de_varios_modulos_va_el_del_tema():
    violencia = formas.encuesta(EVENTO, incluidos()["antes"])
    igualdad = formas.encuesta(EVENTO | {"tema": "igualdad"}, incluidos()["antes"])
    assert (primaria(violencia.xml).find(f"{XF}K1") is None, primaria(violencia.xml).find(f"{XF}G1") is None) == (
        False,
        True,
    )
    assert primaria(igualdad.xml).find(f"{XF}G1") is not None
    assert violencia.version != igualdad.version


def test_la_version_cambia_con_una_letra_y_sin_cambios_es_la_misma():
    una = formas.encuesta(EVENTO, instrumento(Pregunta("a", "entero", "¿Cuántas?")))
    formas._forma.cache_clear()
    otra_vez = formas.encuesta(EVENTO, instrumento(Pregunta("a", "entero", "¿Cuántas?")))
    assert (una.version, una.huella, una.xml) == (otra_vez.version, otra_vez.huella, otra_vez.xml)
    assert re.fullmatch(r"md5:[0-9a-f]{32}", una.huella)
    cambios = [
        formas.encuesta(EVENTO, instrumento(Pregunta("a", "entero", "¿Cuántos?"))),
        formas.encuesta(EVENTO | {"titulo": "Otra"}, instrumento(Pregunta("a", "entero", "¿Cuántas?"))),
        formas.encuesta(EVENTO, replace(instrumento(Pregunta("a", "entero", "¿Cuántas?")), version=3)),
    ]
    assert len({una.version, *(c.version for c in cambios)}) == 4


def test_el_registro_de_asistencia_no_pide_nombre_ni_telefono_y_dice_que_aviso_se_leyo():
    forma = formas.asistencia(EVENTO, cargar(INICIALES), AVISO)
    campos = [hijo.tag.removeprefix(XF) for hijo in primaria(forma.xml)]
    assert campos == ["jornada_intro", "sexo", "edad", "procedencia", "meta"]
    assert formas.partir_version(forma.version) == 3
    assert "Sus datos se quedan en la oficina." in forma.xml.decode()
    assert all(binds(forma)[f"/data/{campo}"]["required"] == "true()" for campo in ("sexo", "edad", "procedencia"))
    sin = formas.asistencia(EVENTO | {"pide_procedencia": 0}, cargar(INICIALES), AVISO)
    assert primaria(sin.xml).find(f"{XF}procedencia") is None


def test_lo_nuestro_se_dice_con_lo_del_estandar():
    casa = Grupo("casa", repite=True, maximo=3)
    forma = formas.encuesta(
        EVENTO,
        instrumento(
            Pregunta("varias", "varias", "¿Cuáles?", SI_NO, restriccion="count-selected(.) < 9"),
            Pregunta("nota", "texto", "¿Algo más?", privada=True, maximo=80),
            Pregunta("sola", "una", "¿Edad?", SI_NO, solo_si="sin_ficha", relevante="${nota} != ''"),
            Pregunta("quien", "entero", "¿Edad?", grupo="casa"),
            grupos=(casa,),
            lleva_ficha=True,
            edad_minima=18,
            cierre="Gracias.",
        ),
    )
    hechos = binds(forma)
    assert "not(count-selected(.) &gt; 1" not in hechos["/data/varias"]["constraint"]
    assert "(count-selected(.) < 9) and (not(count-selected(.) > 1" in hechos["/data/varias"]["constraint"]
    assert hechos["/data/varias"][f"{JR}constraintMsg"].startswith("Revise esta respuesta")
    assert hechos["/data/nota"]["constraint"] == "string-length(.) <= 80"
    assert re.sub(r"\s+", "", hechos["/data/sola"]["relevant"]) == "(/data/nota!='')and(/data/jornada_ficha='')"
    assert hechos["/data/casa/quien"]["relevant"] == "position(..) <= 3"
    assert "LUNA" in hechos["/data/jornada_ficha"]["constraint"]
    texto = forma.xml.decode()
    assert "Es solo para personas de 18 años o más." in texto
    assert "Gracias." in texto


def test_una_opcion_con_comillas_de_los_dos_tipos_no_rompe_su_restriccion():
    opciones = (Opcion("a'b\"c", "Nada", exclusiva=True), Opcion("d", "Otra"))
    forma = formas.encuesta(EVENTO, instrumento(Pregunta("v", "varias", "¿Cuáles?", opciones)))
    assert """concat('a', "'", 'b"c')""" in binds(forma)["/data/v"]["constraint"]


def test_lo_que_no_esta_traducido_se_dice_en_el_idioma_principal():
    i = instrumento(Pregunta("a", "una", "¿Cuál?", SI_NO), idioma="Español (es)", idiomas=("English (en)",))
    ingles = ET.fromstring(formas.encuesta(EVENTO, i).xml).find(f".//{XF}translation[@lang='English (en)']")
    textos = {"".join(valor.itertext()) for valor in ingles.iter(f"{XF}value")}
    assert {"¿Cuál?", "Sí", "No", "Ninguna"} <= textos
    assert "-" not in textos


def test_lo_que_se_agrega_nunca_se_llama_como_una_pregunta():
    i = instrumento(Pregunta("jornada_ficha", "entero", "¿Cuántas jornadas?"), lleva_ficha=True)
    forma = formas.encuesta(EVENTO, i)
    assert {"/data/jornada_ficha", "/data/jornada___ficha"} <= set(binds(forma))


@pytest.mark.parametrize("id", ["antes", "antes-K7MD2", "Antes-K7MD2Q", "antes-K7MD2Q-1", "../antes-K7MD2Q", "", "-"])
def test_un_formid_ajeno_no_se_adivina(id):
    assert formas.partir_id(id) is None


@pytest.mark.parametrize(
    ("cambios", "frase"),
    [
        ({"relevante": "${quien} = 3"}, "desde fuera de su repetición"),
        ({"restriccion": "string-length(${quien}) < 3"}, "desde fuera de su repetición"),
        ({"relevante": "selected(${edad}, '3')"}, "no es de opciones"),
        ({"restriccion": "selected(., '3')"}, "no es de opciones"),
        ({"relevante": "sum(${quien}) > 3 and ${edad} > 2 and count(${casa}) > 1"}, None),
        ({"relevante": "selected(${cual}, 'si')", "restriccion": ". > 3"}, None),
    ],
)
def test_la_encuesta_que_otra_aplicacion_no_sabria_evaluar_no_se_le_ofrece(cambios, frase):
    """Con ellas JavaRosa se detiene a media encuesta; se midió con ``bench/openrosa.py``."""
    i = instrumento(
        Pregunta("quien", "entero", "¿Edad?", grupo="casa"),
        Pregunta("edad", "entero", "¿Edad?"),
        Pregunta("cual", "una", "¿Cuál?", SI_NO),
        Pregunta("final", "entero", "¿Cuántas?", **cambios),
        grupos=(Grupo("casa", repite=True),),
    )
    hallados = sin_equivalente(i)
    assert [clave for clave, _ in hallados] == (["final"] if frase else [])
    assert frase is None or frase in hallados[0][1]
    assert formas.cabe(i) == (frase is None)


def test_las_encuestas_que_vienen_se_ofrecen_todas():
    assert all(formas.cabe(i) for i in incluidos().values())
