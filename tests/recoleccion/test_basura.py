"""Cualquier cosa que llegue a la puerta da un veredicto por registro; nunca un error de programa."""

import json

from fabrica import HORA
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recoleccion.consultas import recepcion
from recoleccion.errores import ErrorJornada
from recoleccion.sellado import INFO_REGISTRO, b64

ESTADOS = {"aceptado", "repetido", "conflicto", "retenido"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda hijos: st.lists(hijos, max_size=4) | st.dictionaries(st.text(max_size=8), hijos, max_size=4),
    max_leaves=12,
)
AJUSTES = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)


def recibir(base, fabrica, cuerpo: bytes) -> list[dict]:
    acuse = recepcion.recibir_lote(base, cuerpo, dispositivo_id=None, sello=fabrica.sello, ahora=HORA)
    json.dumps(acuse)
    return acuse["acuses"]


@AJUSTES
@given(cuerpo=st.binary(max_size=60) | JSON.map(lambda j: json.dumps(j).encode()))
def test_un_cuerpo_cualquiera_es_un_lote_o_se_dice_que_no(base, fabrica, cuerpo):
    try:
        acuses = recibir(base, fabrica, cuerpo)
    except ErrorJornada as error:
        if error.codigo != "lote_ilegible":
            raise
    else:
        assert {a["estado"] for a in acuses} <= {"retenido"}


@AJUSTES
@given(registros=st.lists(JSON | st.fixed_dictionaries({"id": JSON, "sobre": JSON}), max_size=5))
def test_registros_cualesquiera_dan_un_veredicto_cada_uno(base, fabrica, registros):
    acuses = recibir(base, fabrica, fabrica.lote(*registros))
    assert len(acuses) == len(registros)
    assert {a["estado"] for a in acuses} <= {"retenido"}


@st.composite
def deformados(dibujar):
    """Un registro bueno al que le cambian, quitan o agregan una o dos cosas, afuera o adentro."""
    tipo = dibujar(st.sampled_from(["asistencia", "conteo", "contestacion", "anulacion"]))
    campos = ["v", "id", "tipo", "evento", "hora", "sesgo_ms", "datos", "otro"]
    datos = ["modo", "sexo", "edad", "procedencia", "aviso", "nombre", "telefono", "credencial", "personas"]
    datos += ["registro", "instrumento", "version", "ficha", "respuestas"]
    return (
        tipo,
        dibujar(st.dictionaries(st.sampled_from(campos), JSON, max_size=2)),
        dibujar(st.dictionaries(st.sampled_from(datos), JSON, max_size=2)),
    )


@AJUSTES
@given(deforme=deformados())
def test_un_registro_deformado_nunca_es_un_error_de_programa(base, fabrica, deforme):
    tipo, afuera, adentro = deforme
    bueno = {
        "asistencia": fabrica.asistencia,
        "conteo": fabrica.conteo,
        "contestacion": lambda: fabrica.contestacion(S1="buena"),
        "anulacion": lambda: fabrica.anulacion(fabrica.conteo()["id"]),
    }[tipo]()
    registro = bueno | {"datos": bueno["datos"] | adentro} | afuera
    sobre = b64(fabrica.sello.sellar(json.dumps(registro).encode(), INFO_REGISTRO))
    sano = fabrica.sellar(fabrica.conteo())
    acuses = recibir(base, fabrica, fabrica.lote({"id": bueno["id"], "sobre": sobre}, sano))
    assert acuses[0]["estado"] in ESTADOS
    assert acuses[1]["estado"] == "aceptado"
    guardado = base.execute("SELECT count(*) FROM recibido WHERE id = ?", [bueno["id"]]).fetchone()[0]
    retenido = base.execute("SELECT count(*) FROM cuarentena WHERE registro_id = ?", [bueno["id"]]).fetchone()[0]
    assert (guardado, retenido) == ((1, 0) if acuses[0]["estado"] == "aceptado" else (0, 1))
    assert acuses[0]["codigo"] != "no_se_guardo"  # todo lo raro se descubre antes de tocar la base
