"""La urna: se echa cerrado, se abre junto y revuelto, y después nadie puede saber quién contestó qué."""

import json
from collections import Counter

import pytest
from fabrica import EVENTO, HORA, Fabrica, contar
from urnas import antes, cerrar, despues, satisfaccion

from recoleccion.consultas import cuarentena, eventos, identidades, recepcion, urna, versiones
from recoleccion.errores import ErrorJornada
from recoleccion.sellado import INFO_URNA

NADA = {"abiertas": 0, "esperan": 0, "ilegibles": 0}


@pytest.fixture
def otro_evento(base, azar, sello):
    """Hace otro evento y la fábrica que le manda registros."""

    def hacer(**cambios) -> Fabrica:
        id = eventos.crear(base, EVENTO | cambios, HORA, azar)
        return Fabrica(sello, id, semilla=azar.getrandbits(32))

    return hacer


def respuestas_guardadas(base, instrumento: str) -> list[dict]:
    return [
        json.loads(f["respuestas"])
        for f in base.execute("SELECT respuestas FROM contestacion WHERE instrumento = ?", [instrumento])
    ]


def test_la_urna_dice_cuantas_y_nunca_que(base, fabrica):
    satisfaccion(base, fabrica, 3)
    assert urna.cuantas(base, fabrica.evento_id) == 3
    assert urna.recuento(base, fabrica.evento_id) == {}
    assert contar(base, "contestacion") == 0


def test_con_nueve_espera_y_con_diez_se_abre(base, fabrica, azar):
    satisfaccion(base, fabrica, 9)
    assert cerrar(base, fabrica, azar) == NADA | {"esperan": 9}
    satisfaccion(base, fabrica, 1)
    assert cerrar(base, fabrica, azar) == NADA | {"abiertas": 10}
    assert contar(base, "urna") == 0
    assert respuestas_guardadas(base, "satisfaccion") == [{"S1": "buena"}] * 10


def test_la_que_espera_se_junta_con_el_siguiente_evento_del_mismo_programa(base, fabrica, otro_evento, azar):
    siguiente = otro_evento(fecha="2026-12-02", zona="cabecera")
    ajeno = otro_evento(programa="igualdad")
    satisfaccion(base, fabrica, 6)
    satisfaccion(base, ajeno, 8)
    satisfaccion(base, siguiente, 5)
    assert cerrar(base, fabrica, azar) == NADA | {"esperan": 6}
    assert cerrar(base, ajeno, azar) == NADA | {"esperan": 8}
    assert cerrar(base, siguiente, azar) == NADA | {"abiertas": 11}
    filas = base.execute("SELECT DISTINCT mes, programa, zona FROM contestacion").fetchall()
    # Todas llevan el mes del último evento: el suyo diría de cuál eran las seis que esperaban.
    assert [tuple(f) for f in filas] == [("2026-12", "prevencion", "cabecera")]
    assert contar(base, "urna") == 8
    assert contar(base, "recuento_evento") == 0


def test_lo_de_un_evento_abierto_no_sale(base, fabrica, otro_evento, azar):
    abierto = otro_evento()
    satisfaccion(base, abierto, 30)
    satisfaccion(base, fabrica, 10)
    assert cerrar(base, fabrica, azar) == NADA | {"abiertas": 10}
    assert urna.cuantas(base, abierto.evento_id) == 30


def test_antes_y_despues_se_abren_juntas_o_esperan_las_dos(base, fabrica, otro_evento, azar):
    fabrica.mandar(base, *[antes(fabrica, 10 + n, K1="F") for n in range(12)])
    fabrica.mandar(base, *[despues(fabrica, 10 + n, K1="V") for n in range(5)])
    satisfaccion(base, fabrica, 10)
    assert cerrar(base, fabrica, azar) == NADA | {"abiertas": 10, "esperan": 17}
    siguiente = otro_evento()
    siguiente.mandar(base, *[despues(siguiente, 10 + n, K1="V") for n in range(7)])
    assert cerrar(base, siguiente, azar) == NADA | {"abiertas": 24}
    # La misma ficha en dos eventos son dos personas: sólo hay cinco parejas y con menos de diez no se guarda el cambio.
    assert contar(base, "cambio") == 0


def test_una_encuesta_de_antes_sin_despues_se_abre_sola(base, fabrica, azar):
    fabrica.mandar(base, *[antes(fabrica, 10 + n, K1="F") for n in range(10)])
    assert cerrar(base, fabrica, azar) == NADA | {"abiertas": 10}


def test_antes_y_despues_se_unen_por_ficha_y_queda_el_cambio(base, fabrica, azar):
    fabrica.mandar(
        base,
        *[antes(fabrica, 10 + n, K1="F", K2="F", AT1="A", C1="N") for n in range(12)],
        *[despues(fabrica, 10 + n, K1="V", K2="V", AT1="A", C1="C", I1=["casa", "trato"]) for n in range(12)],
    )
    assert cerrar(base, fabrica, azar) == NADA | {"abiertas": 24}
    filas = [dict(f) for f in base.execute("SELECT * FROM cambio")]
    assert len(filas) == 12
    assert {f["cambios"] for f in filas} == {'{"AT1":"igual","C1":"mejor","K1":"mejor","K2":"peor"}'}
    assert {(f["sexo"], f["edad"], f["zona"], f["mes"]) for f in filas} == {("M", "30-44", "cabecera", "2026-11")}
    # La de después no preguntó sexo ni edad: los trae su pareja.
    demograficos = base.execute("SELECT DISTINCT sexo, edad FROM contestacion WHERE instrumento = 'despues'")
    assert [tuple(f) for f in demograficos] == [("M", "30-44")]


def test_una_ficha_repetida_no_es_de_nadie(base, fabrica, azar):
    fabrica.mandar(
        base,
        *[antes(fabrica, 10 + n, K1="F") for n in range(12)],
        antes(fabrica, 10, K1="V"),
        *[despues(fabrica, 10 + n, K1="V") for n in range(12)],
    )
    cerrar(base, fabrica, azar)
    assert contar(base, "cambio") == 11
    # De la que se quedó sin pareja no se sabe el sexo; para que no sea la única que lo calla, otras lo callan con ella.
    assert contar(base, "contestacion", "instrumento = 'despues' AND sexo IS NULL") in (5, 6)
    assert contar(base, "contestacion", "instrumento = 'antes' AND sexo IS NULL") in (5, 6)


def test_el_recuento_por_evento_solo_desde_diez(base, fabrica, otro_evento, azar):
    chico = otro_evento()
    satisfaccion(base, chico, 5, S6=["derechos"])
    satisfaccion(base, fabrica, 12, S6=["noviazgo"], S7="Más sillas")
    cerrar(base, chico, azar)
    cerrar(base, fabrica, azar)
    assert contar(base, "contestacion") == 17
    assert urna.recuento(base, chico.evento_id) == {}
    assert urna.recuento(base, fabrica.evento_id) == {
        ("satisfaccion", 1): {"": {"": 12}, "S1": {"buena": 12}, "S6": {"noviazgo": 12}}
    }


def test_menos_de_cinco_no_salen_con_un_evento_grande(base, fabrica, otro_evento, azar):
    """Al total se le resta el recuento del grande y queda lo que dijeron las del chico: que no sean tan pocas."""
    chico, otro_chico = otro_evento(), otro_evento()
    satisfaccion(base, chico, 4)
    satisfaccion(base, fabrica, 12)
    assert cerrar(base, chico, azar) == NADA | {"esperan": 4}
    assert cerrar(base, fabrica, azar) == NADA | {"abiertas": 12, "esperan": 4}
    satisfaccion(base, otro_chico, 6)
    assert cerrar(base, otro_chico, azar) == NADA | {"abiertas": 10}
    assert urna.recuento(base, chico.evento_id) == urna.recuento(base, otro_chico.evento_id) == {}


def test_un_modulo_con_pocas_espera_solo(base, fabrica, otro_evento, azar):
    """Por las preguntas que traen se sabría que son del único evento de igualdad."""
    igualdad = otro_evento(tema="igualdad")
    fabrica.mandar(base, *[fabrica.contestacion("antes", D1="M", D2="30-44", K1="V") for _ in range(12)])
    igualdad.mandar(base, *[igualdad.contestacion("antes", D1="M", D2="30-44", G1="V") for _ in range(6)])
    assert cerrar(base, igualdad, azar) == NADA | {"esperan": 6}
    assert cerrar(base, fabrica, azar) == NADA | {"abiertas": 12, "esperan": 6}


def test_una_combinacion_rara_no_se_dice(base, fabrica, azar):
    """El único hombre mayor del evento: su renglón diría quién es con sólo ver la lista."""
    mujeres = [fabrica.contestacion("antes", D1="M", D2="30-44", K1="V") for _ in range(14)]
    fabrica.mandar(base, *mujeres, fabrica.contestacion("antes", D1="H", D2="60+", K1="F"))
    cerrar(base, fabrica, azar)
    dicen = Counter((f["sexo"], f["edad"]) for f in base.execute("SELECT sexo, edad FROM contestacion"))
    assert dicen == {("M", "30-44"): 10, (None, None): 5}


def test_la_edad_se_calla_antes_que_el_sexo(base, fabrica, azar):
    edades = ["18-29"] * 4 + ["30-44"] * 4 + ["60+"] * 7
    fabrica.mandar(base, *[fabrica.contestacion("antes", D1="M", D2=edad, K1="V") for edad in edades])
    cerrar(base, fabrica, azar)
    dicen = Counter((f["sexo"], f["edad"]) for f in base.execute("SELECT sexo, edad FROM contestacion"))
    assert dicen == {("M", None): 8, ("M", "60+"): 7}


def test_la_procedencia_se_cuenta_por_evento_pero_no_va_en_el_renglon(base, fabrica, azar):
    fabrica.mandar(base, *[fabrica.contestacion("antes", D3="rancho", K1="V") for _ in range(10)])
    cerrar(base, fabrica, azar)
    assert urna.recuento(base, fabrica.evento_id)["antes", 1]["D3"] == {"rancho": 10}
    assert respuestas_guardadas(base, "antes") == [{"K1": "V"}] * 10


def test_la_zona_se_calla_donde_hay_menos_de_diez(base, fabrica, otro_evento, azar):
    rancho, del_pueblo = otro_evento(zona="zona_1"), otro_evento()
    satisfaccion(base, rancho, 6)
    satisfaccion(base, del_pueblo, 5)
    satisfaccion(base, fabrica, 11)
    cerrar(base, rancho, azar)
    base.execute("UPDATE evento SET estado = 'cerrado' WHERE id = ?", [del_pueblo.evento_id])
    cerrar(base, fabrica, azar)
    zonas = Counter(f["zona"] for f in base.execute("SELECT zona FROM contestacion"))
    # Las de los dos eventos chicos son menos de diez de cada zona, y no se dice cuál es cuál.
    assert zonas == {"cabecera": 11, None: 11}


def test_el_texto_libre_sale_aparte_de_las_respuestas(base, fabrica, azar):
    satisfaccion(base, fabrica, 9)
    fabrica.mandar(base, fabrica.contestacion(S1="mala", S7="Que empiece a tiempo"))
    cerrar(base, fabrica, azar)
    assert [c["texto"] for c in urna.comentarios(base)] == ["Que empiece a tiempo"]
    assert set(urna.comentarios(base)[0]) == {"id", "mes", "programa", "instrumento", "pregunta", "texto"}
    assert all("S7" not in r for r in respuestas_guardadas(base, "satisfaccion"))
    ids = {f["id"] for f in base.execute("SELECT id FROM contestacion")}
    assert urna.comentarios(base)[0]["id"] not in ids


def test_lo_que_llega_tarde_espera_y_sigue_el_mismo_camino(base, fabrica, otro_evento, azar, sello):
    satisfaccion(base, fabrica, 10)
    cerrar(base, fabrica, azar)
    satisfaccion(base, fabrica, 4)
    assert urna.abrir_todas(base, sello, azar, HORA) == NADA | {"esperan": 4}
    siguiente = otro_evento()
    satisfaccion(base, siguiente, 6)
    assert cerrar(base, siguiente, azar) == NADA | {"abiertas": 10}
    assert urna.recuento(base, fabrica.evento_id)["satisfaccion", 1][""] == {"": 10}


def test_una_version_con_pocas_espera_sola(base, fabrica, azar, sello):
    satisfaccion(base, fabrica, 14)
    base.execute(
        "INSERT INTO instrumento (clave, version, titulo, huella, modelo)"
        " SELECT clave, 2, titulo, huella, modelo FROM instrumento WHERE version = 1"
    )
    base.execute("UPDATE urna SET version = 2 WHERE id IN (SELECT id FROM urna LIMIT 3)")
    assert cerrar(base, fabrica, azar) == NADA | {"abiertas": 11, "esperan": 3}
    assert contar(base, "contestacion", "version = 2") == 0


def test_un_sobre_ilegible_se_queda_y_no_detiene_a_los_demas(base, fabrica, azar):
    satisfaccion(base, fabrica, 11)
    base.execute("UPDATE urna SET sobre = zeroblob(1100) WHERE id = (SELECT id FROM urna LIMIT 1)")
    assert cerrar(base, fabrica, azar) == NADA | {"abiertas": 10, "ilegibles": 1}
    assert contar(base, "urna") == 1


def test_un_sobre_con_otra_cosa_adentro_no_detiene_a_los_demas(base, fabrica, azar):
    satisfaccion(base, fabrica, 11)
    ajeno = fabrica.sello.sellar(b'{"otra": "cosa"}', INFO_URNA)
    base.execute("UPDATE urna SET sobre = ? WHERE id = (SELECT id FROM urna LIMIT 1)", [ajeno])
    assert cerrar(base, fabrica, azar) == NADA | {"abiertas": 10, "ilegibles": 1}


def test_al_abrir_se_borra_lo_que_la_cuarentena_decia_de_lo_contado(base, datos, fabrica, azar):
    """La misma contestación con otra respuesta no se puede cambiar por la contada, y dice su evento y su ficha."""
    satisfaccion(base, fabrica, 10)
    registro = fabrica.contestacion(S1="buena", S3="si")
    otra = fabrica.contestacion(S1="mala") | {"id": registro["id"]}
    vino, vuelta = fabrica.asistencia(), fabrica.asistencia(edad="60+")
    fabrica.mandar(base, registro, vino)
    assert fabrica.mandar(base, otra, vuelta | {"id": vino["id"]}) == ["conflicto", "conflicto"]
    assert cuarentena.contar(base) == 2
    cerrar(base, fabrica, azar)
    largos = {f["registro_id"]: len(f["bytes"]) for f in base.execute("SELECT registro_id, bytes FROM cuarentena")}
    assert largos[registro["id"]] == 0
    assert largos[vino["id"]] > 1000  # la de una asistencia sí la decide la titular
    assert cuarentena.contar(base) == 1
    vaciada = base.execute("SELECT id FROM cuarentena WHERE registro_id = ?", [registro["id"]]).fetchone()["id"]
    assert cuarentena.recuperar(base, vaciada) is False
    assert fabrica.mandar(base, otra) == ["conflicto"]  # otro sobre, y tampoco se queda
    cerrar(base, fabrica, azar)
    llave = identidades.llave_publica(base)
    recepcion.sellar_cuarentena(base, llave, fabrica.sello)
    largos = [len(f["bytes"]) for f in base.execute("SELECT bytes FROM cuarentena ORDER BY length(bytes)")]
    assert largos[:2] == [0, 0] < largos[2:]
    assert [
        c["cambia"] for f in cuarentena.listar(base) if (c := versiones.comparar(base, f["id"], fabrica.sello))
    ] == [True]


def test_si_el_disco_se_llena_al_abrir_no_se_pierde_ningun_sobre(base, fabrica, azar, sello):
    satisfaccion(base, fabrica, 150, S7="x" * 200)
    base.execute("UPDATE evento SET estado = 'cerrado'")
    base.execute(f"PRAGMA max_page_count = {base.execute('PRAGMA page_count').fetchone()[0]}")
    with pytest.raises(ErrorJornada) as error:
        urna.abrir_las_que_toquen(base, "prevencion", sello, azar, HORA)
    assert error.value.codigo == "disco_lleno"
    assert (contar(base, "urna"), contar(base, "contestacion"), contar(base, "comentario")) == (150, 0, 0)
    base.execute("PRAGMA max_page_count = 100000")
    assert urna.abrir_las_que_toquen(base, "prevencion", sello, azar, HORA) == NADA | {"abiertas": 150}


def test_dos_cierres_no_abren_dos_veces_lo_mismo(base, fabrica, azar):
    satisfaccion(base, fabrica, 10)
    cerrar(base, fabrica, azar)
    assert cerrar(base, fabrica, azar) == NADA
    assert contar(base, "contestacion") == 10
