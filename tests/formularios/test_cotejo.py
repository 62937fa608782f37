"""En qué no coinciden dos ediciones del mismo evento, y de ida y vuelta por el formulario."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from formularios import cotejo
from formularios.catalogos import cargar, copiar_iniciales
from formularios.cotejo import Diferencia
from formularios.evento import como_se_manda, formulario_evento
from formularios.instrumento import incluidos

VISTO = {"titulo": "Taller", "sede": "Plaza", "lineas": ["M4"], "avisa_fotos": False, "facilitadora": None}
_VALORES = st.none() | st.text(max_size=3) | st.booleans() | st.lists(st.sampled_from(["M4", "A8"]), unique=True)
_DATOS = st.fixed_dictionaries({c: _VALORES for c in ("a", "b", "c")})


def test_se_dice_quien_cambio_cada_dato():
    mio = VISTO | {"titulo": "Taller nuevo", "sede": "Escuela"}
    otro = VISTO | {"sede": "Salón", "avisa_fotos": True}
    assert cotejo.cotejar(VISTO, mio, otro) == [
        Diferencia("titulo", "Taller nuevo", "Taller", "mia"),
        Diferencia("sede", "Escuela", "Salón", "ambas"),
        Diferencia("avisa_fotos", False, True, "otra"),
    ]


def test_lo_que_dice_lo_mismo_no_es_diferencia():
    mio = VISTO | {"facilitadora": "", "lineas": ["A8", "M4"]}
    assert cotejo.cotejar(VISTO, mio, VISTO | {"lineas": ["M4", "A8"]}) == []
    uno, otro = ([{"instrumento": c, "por_pantalla": False} for c in orden] for orden in (("a", "b"), ("b", "a")))
    assert [d.campo for d in cotejo.cotejar({}, {"encuestas": uno}, {"encuestas": otro})] == ["encuestas"]


def test_sin_saber_que_veia_no_se_adivina_quien_lo_cambio():
    assert [d.de for d in cotejo.cotejar({}, VISTO | {"sede": "Escuela"}, VISTO)] == ["ambas"]


@given(visto=_DATOS, mio=_DATOS, otro=_DATOS)
def test_toda_diferencia_se_dice_y_nada_mas(visto, mio, otro):
    halladas = {d.campo: d for d in cotejo.cotejar(visto, mio, otro)}
    for campo in mio:
        assert (campo in halladas) == (not cotejo.iguales(mio[campo], otro[campo]))
    for campo, d in halladas.items():
        assert (d.mio, d.otro) == (mio[campo], otro[campo])
        if not cotejo.iguales(visto[campo], mio[campo]) and not cotejo.iguales(visto[campo], otro[campo]):
            assert d.de == "ambas"
    assert cotejo.leer(cotejo.escribir(mio)) == mio


@pytest.mark.parametrize(
    "hostil",
    ["", "[]", "null", "{", "[" * 5000, '{"titulo": {"a": 1}}', '{"titulo": 3}', '{"lineas": [1, "M4"]}',
     '{"encuestas": [{"instrumento": 1, "por_pantalla": true}]}', '{"encuestas": [{"instrumento": "antes"}]}'],
)  # fmt: skip
def test_lo_que_no_tiene_forma_de_dato_se_quita(hostil):
    assert cotejo.leer(hostil) == {}


@pytest.fixture(scope="module")
def clase(tmp_path_factory):
    carpeta = tmp_path_factory.mktemp("catalogos")
    copiar_iniciales(carpeta)
    lineas = [{"clave": c, "texto": c} for c in ("M4", "A8", "A10")]
    return formulario_evento(
        cargar(carpeta), lineas, incluidos(), instituciones=[("i1", "DIF"), ("i2", "Salud")], series=[("s1", "Curso")]
    )


_EVENTO = st.fixed_dictionaries(
    {
        "titulo": st.sampled_from(["Taller", "Plática"]),
        "tipo": st.sampled_from(["taller", "platica"]),
        "tema": st.just("igualdad"),
        "fecha": st.dates(date(2020, 1, 1), date(2100, 12, 31)).map(str),
        "hora_inicio": st.sampled_from(["09:00", "10:30"]),
        "hora_fin": st.sampled_from(["11:00", "12:45"]),
        "sede": st.sampled_from(["Plaza", "Escuela"]),
        "localidad": st.just("valle_de_guadalupe"),
        "zona": st.just("cabecera"),
        "programa": st.just("prevencion"),
        "efemeride": st.sampled_from([None, "25n"]),
        "serie_id": st.sampled_from([None, "s1"]),
        "facilitadora": st.sampled_from([None, "Elena"]),
        "lineas": st.lists(st.sampled_from(["M4", "A8", "A10"]), unique=True),
        "instituciones": st.lists(st.sampled_from(["i1", "i2"]), unique=True),
        "encuestas": st.lists(
            st.fixed_dictionaries(
                {"instrumento": st.sampled_from(["antes", "despues", "satisfaccion"]), "por_pantalla": st.booleans()}
            ),
            unique_by=lambda e: e["instrumento"],
        ),
        **{
            c: st.booleans()
            for c in ("pide_nombre", "pide_telefono", "pide_procedencia", "autorizacion_escolar", "avisa_fotos")
        },
    }
)


@given(datos=_EVENTO, otros=_EVENTO)
def test_un_evento_va_y_vuelve_por_el_formulario_sin_cambiar(clase, datos, otros):
    lleno = clase(MultiDict(como_se_manda(datos)))
    assert lleno.validate(), lleno.errors
    assert lleno.a_dict() == datos
    lleno.poner({"encuestas": otros["encuestas"], "avisa_fotos": otros["avisa_fotos"], "sede": otros["sede"]})
    assert lleno.validate()
    assert lleno.a_dict() == datos | {c: otros[c] for c in ("encuestas", "avisa_fotos", "sede")}
