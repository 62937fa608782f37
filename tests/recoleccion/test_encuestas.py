"""Encuestas que la oficina guardó, con varias versiones: de la recepción a lo que se cuenta."""

import json

from fabrica import HORA

from formularios.instrumento import Instrumento
from formularios.xlsform import importar
from recoleccion.consultas import eventos, instrumentos, urna


def cerrar(base, fabrica, azar) -> dict:
    return eventos.cerrar(base, fabrica.evento_id, HORA, fabrica.sello, azar)


def respuestas_guardadas(base, instrumento: str) -> list[dict]:
    return [
        json.loads(f["respuestas"])
        for f in base.execute("SELECT respuestas FROM contestacion WHERE instrumento = ?", [instrumento])
    ]


def test_una_encuesta_de_hoja_de_calculo_pasa_por_la_urna_y_cada_cosa_queda_en_su_lugar(base, fabrica, azar):
    """Lo de opciones se cuenta; un número no, que diría de quién es; lo escrito va aparte; el día, a ninguna parte."""
    tabla = """
| survey |
| | type | name | label | relevant | required | calculation | jornada_publicacion | jornada_privada |
| | select_one sn | hijas | ¿Hijas? | | yes | | si | |
| | integer | cuantas | ¿Cuántas? | ${hijas} = 'si' | yes | | | |
| | calculate | doble | | | | ${cuantas} * 2 | | |
| | text | duda | ¿Duda? | | | | | si |
| | text | nota | Nota | | yes | | | |
| | today | hoy | | | | | | |
| choices |
| | list_name | name | label |
| | sn | si | Sí |
| | sn | no | No |
"""
    importado = importar("familia.md", tabla.encode()).instrumento
    instrumentos.asegurar(base, importado)
    con = fabrica.contestacion("familia", p_hijas="si", p_cuantas="3", p_doble="99", p_duda="¿Cuándo?", p_hoy="x")
    sin = fabrica.contestacion("familia", p_hijas="no", p_cuantas="ocho", p_nota="de la oficina")
    mal = fabrica.contestacion("familia", p_hijas="si")
    assert fabrica.mandar(base, con, sin, mal) == ["aceptado", "aceptado", "retenido"]
    fabrica.mandar(base, *[fabrica.contestacion("familia", p_hijas="no") for _ in range(10)])
    cerrar(base, fabrica, azar)
    assert urna.recuento(base, fabrica.evento_id) == {("familia", 1): {"": {"": 12}, "hijas": {"si": 1, "no": 11}}}
    guardadas = respuestas_guardadas(base, "familia")
    assert sorted(guardadas, key=len)[-1] == {"hijas": "si", "cuantas": "3", "doble": "6"}
    assert [r for r in guardadas if r["hijas"] == "no"] == [{"hijas": "no"}] * 11
    assert {c["texto"] for c in urna.comentarios(base)} == {"¿Cuándo?", "de la oficina"}


def _otra_version(base, clave: str, version: int, *cambios: tuple[str, str]) -> None:
    """La misma encuesta con otras palabras, como la guardaría el panel."""
    modelo = json.dumps(instrumentos.leer(base, clave, 1).a_dict(), ensure_ascii=False)
    for antes, ahora in cambios:
        assert antes in modelo
        modelo = modelo.replace(antes, ahora)
    instrumentos.asegurar(base, Instrumento.de_dict(json.loads(modelo) | {"version": version}))


def test_dos_versiones_en_un_evento_no_se_confunden_aunque_usen_la_misma_clave(base, fabrica, azar):
    """La versión 2 quitó «Mala» y cambió S2 por otra pregunta: ni se pierde lo de la 1, ni se suma con la 2."""
    _otra_version(base, "satisfaccion", 2, ("mala", "fea"), ("Mala", "Fea"), ("¿Se entendió lo que", "¿Se oyó lo que"))
    de_la_uno = [fabrica.contestacion(S1="mala", S2="todo") for _ in range(10)]
    de_la_dos = [fabrica.contestacion(version=2, S1="fea", S2="todo") for _ in range(11)]
    assert set(fabrica.mandar(base, *de_la_uno, *de_la_dos)) == {"aceptado"}
    cerrar(base, fabrica, azar)
    assert urna.recuento(base, fabrica.evento_id) == {
        ("satisfaccion", 1): {"": {"": 10}, "S1": {"mala": 10}, "S2": {"todo": 10}},
        ("satisfaccion", 2): {"": {"": 11}, "S1": {"fea": 11}, "S2": {"todo": 11}},
    }


def test_antes_y_despues_solo_se_comparan_donde_preguntan_lo_mismo(base, fabrica, azar):
    _otra_version(base, "despues", 2, ("Quitarle su dinero a una mujer", "Quedarse con el dinero de una mujer"))
    for n in range(12):
        ficha = f"LUNA-{n + 10}"
        antes = fabrica.contestacion("antes", ficha=ficha, K1="F", K3="F")
        despues = fabrica.contestacion("despues", version=2, ficha=ficha, K1="V", K3="V")
        assert fabrica.mandar(base, antes, despues) == ["aceptado"] * 2
    cerrar(base, fabrica, azar)
    assert [json.loads(f["cambios"]) for f in base.execute("SELECT cambios FROM cambio")] == [{"K1": "mejor"}] * 12
