"""Encuestas que la oficina guardó, con varias versiones: de la recepción a lo que se cuenta."""

import json
from datetime import date
from pathlib import Path
from random import Random

import pytest
from fabrica import EVENTO, HORA, Fabrica

from formularios.aparte import leer_aqui
from formularios.contestar import validar
from formularios.instrumento import Instrumento
from formularios.xlsform import importar
from formularios.xlsform.plantilla import ejemplo
from publicacion import escritura, orquestar
from recoleccion.consultas import cuarentena, eventos, instrumentos, publicar, recepcion, urna
from tests.formularios.xlsform.al_azar import contestar


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


# --- Una con todos los tipos, de la hoja a lo publicado ----------------------------------------------------------

ESCRITO = "Mi vecina Petra no vino"


@pytest.fixture
def de_todo(base) -> Instrumento:
    encuesta = leer_aqui("plantilla.xlsx", ejemplo()).instrumento
    instrumentos.guardar(base, encuesta, HORA)
    return encuesta


def contestaciones(encuesta: Instrumento, cuantas: int, azar: Random) -> list[dict[str, list[str]]]:
    """Respuestas al azar que el servidor acepta ese día; los textos libres llevan algo que se pueda buscar."""
    hechas: list[dict[str, list[str]]] = []
    while len(hechas) < cuantas:
        datos, _ = contestar(encuesta, azar)
        datos |= {"p_duda": [ESCRITO], "p_observacion": [ESCRITO]}
        if not validar(encuesta, datos, ahora=HORA, personal=None).errores:
            hechas.append(datos)
    return hechas


def test_numeros_fechas_listas_y_textos_llegan_a_su_lugar_y_no_se_publican(
    base, sello, azar, de_todo, datos, instalacion, tmp_path: Path
):
    id = eventos.crear(base, EVENTO | {"encuestas": [de_todo.clave]}, HORA, azar)
    eventos.abrir(base, id, HORA)
    fabrica = Fabrica(sello, id)
    mandadas = [fabrica.contestacion(de_todo.clave, **d) for d in contestaciones(de_todo, 60, Random(3))]
    assert set(fabrica.mandar(base, *mandadas)) == {"aceptado"}
    assert cerrar(base, fabrica, azar) == {"abiertas": 60, "esperan": 0, "ilegibles": 0}
    guardadas = respuestas_guardadas(base, de_todo.clave)
    vistas = {clave: respuesta for r in guardadas for clave, respuesta in r.items()}
    assert {"cuantos", "horas", "calificacion", "cuando", "a_que_hora", "orden", "leyo", "suma_edades"} <= set(vistas)
    assert isinstance(vistas["edad_cuidada"], list)
    assert len(vistas["orden"]) == 3
    assert not {"sexo", "hoy", "bienvenida", "duda", "observacion", "folio", "lugar"} & set(vistas)
    aparte = {c["pregunta"] for c in urna.comentarios(base)}
    assert aparte == {"duda", "observacion", "folio", "lugar"}
    contadas = set(urna.recuento(base, id)[de_todo.clave, 1])
    assert contadas == {"", "le_gusto", "animo", "temas", "orden", "hijas", "estado"}

    (lote,) = publicar.lotes_por_cerrar(base, date(2027, 1, 5))
    publicar.asignar(base, **lote)
    celdas, reglas = orquestar.calcular(
        datos / "privada.db", **lote, carpeta_catalogos=instalacion.carpeta_catalogos, secreto=b"x" * 32
    )
    publicar.asentar(base, lote["lote"], [(c.tabla, c.celda, c.valor) for c in celdas], reglas, date(2027, 1, 5))
    publicadas = [json.loads(c.celda) for c in celdas if c.tabla == "respuesta_cubo" and de_todo.clave in c.celda]
    assert {celda[3] for celda in publicadas} == {"le_gusto", "animo", "temas", "hijas", "estado"}
    visibles = [c for c in celdas if c.tabla == "respuesta_cubo" and de_todo.clave in c.celda and "null" not in c.valor]
    assert visibles != []
    escritura.escribir(datos / "privada.db", tmp_path / "publica.db")
    publica = (tmp_path / "publica.db").read_bytes()
    assert "¿Tiene hijas o hijos?".encode() in publica
    for secreto in (ESCRITO, "20.99 -102.61", "2050-06-15", "ABC123", "¿Qué duda le quedó?", "suma_edades"):
        assert secreto.encode() not in publica, secreto


def test_lo_contestado_a_una_version_que_aqui_falta_espera_y_se_acepta_al_guardarla(base, sello, azar):
    """Pasa al restaurar un respaldo: los teléfonos traen una encuesta que el servidor ya no conoce."""
    encuesta = leer_aqui("plantilla.xlsx", ejemplo()).instrumento
    id = eventos.crear(base, EVENTO, HORA, azar)
    eventos.abrir(base, id, HORA)
    fabrica = Fabrica(sello, id)
    buena = fabrica.contestacion(encuesta.clave, p_horas="2.5")
    fuera_de_rango = fabrica.contestacion(encuesta.clave, p_horas="99")
    assert fabrica.mandar(base, buena, fuera_de_rango) == ["retenido", "retenido"]
    assert [f["codigo"] for f in cuarentena.listar(base)] == ["instrumento_desconocido"] * 2
    instrumentos.guardar(base, encuesta, HORA)
    esperan = [f["id"] for f in cuarentena.listar(base)]
    assert sorted(recepcion.reintentar(base, esperan, sello=sello, ahora=HORA)) == ["aceptado", "retenido"]
    assert urna.cuantas(base, id) == 1
    assert [f["codigo"] for f in cuarentena.listar(base)] == ["contestacion_invalida"]
