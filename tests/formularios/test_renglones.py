"""Lo que se teclea en una hoja de papel: letras, edades, folios y quién se repite."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formularios import catalogos, renglones
from formularios.renglones import Conocidos, Crudo, Hoja

CATALOGOS = catalogos.cargar(catalogos.INICIALES)
FOLIO = "12345674"
HOJA = Hoja(CATALOGOS, lambda folio: folio == FOLIO)


def uno(hoja: Hoja = HOJA, **casillas: str) -> renglones.Renglon:
    return renglones.leer(hoja, [Crudo("a", **({"sexo": "M"} | casillas))])[0]


def test_cada_opcion_tiene_su_letra_y_no_dijo_siempre_es_la_n():
    assert renglones.letras(CATALOGOS.sexo) == {"M": "M", "H": "H", "O": "O", "N": "N"}
    assert renglones.letras(CATALOGOS.procedencia) == {"cabecera": "P", "rancho": "R", "otro": "O", "nd": "N"}


def test_en_otro_municipio_las_letras_tampoco_se_repiten():
    etiquetas = ["De Pabellón", "De un poblado", "De Pilas", "Prefiero no decir"]
    otras = [catalogos.Opcion(o.clave, e, {}) for o, e in zip(CATALOGOS.procedencia, etiquetas, strict=True)]
    assert renglones.letras(otras) == {"cabecera": "P", "rancho": "O", "otro": "I", "nd": "N"}


@pytest.mark.parametrize(
    ("escrito", "clave"),
    [("M", "M"), ("m", "M"), ("Mujer", "M"), ("muj", "M"), ("hombre", "H"), ("o", "O"), ("n", "N"), ("", "N"),
     ("no dijo", "N"), ("femenino", "M"), ("F", "M"), ("x", None), ("señora", None)],
)  # fmt: skip
def test_el_sexo_se_entiende_por_letra_palabra_o_principio(escrito, clave):
    assert renglones.opcion(CATALOGOS.sexo, escrito, "sexo") == clave


@pytest.mark.parametrize(
    ("escrito", "grupo"),
    [("0", "0-11"), ("11", "0-11"), ("12", "12-17"), ("17", "12-17"), ("18", "18-29"), ("34", "30-44"), ("59", "45-59"),
     ("60", "60+"), ("103", "60+"), ("120", "60+"), ("121", None), ("-5", None), ("34 años", "30-44"),
     ("30-44", "30-44"),
     ("30 a 44", "30-44"), ("De 30 a 44 años", "30-44"), ("60+", "60+"), ("60 o más", "60+"), ("60 y más", "60+"),
     ("menos de 12", "0-11"), ("Menos de 12 años", "0-11"), ("31 a 40", "30-44"), ("18 a 44", None), ("n", "nd"),
     ("", "nd"), ("nd", "nd"), ("3 de mayo", None), ("1990-05-03", None), ("treinta", None), ("٣٤", None)],
)  # fmt: skip
def test_de_la_edad_en_anos_queda_su_grupo(escrito, grupo):
    assert renglones.grupo_de_edad(CATALOGOS.edad, escrito) == grupo


@given(st.integers(0, renglones.EDAD_MAXIMA))
def test_toda_edad_posible_cae_en_un_solo_grupo(anos):
    grupos = [o.clave for o in CATALOGOS.edad if renglones.grupo_de_edad([o], str(anos)) == o.clave]
    assert len(grupos) == 1


@pytest.mark.parametrize(
    ("escrito", "nombre", "folio"),
    [("ana lópez", "Ana López", None), ("ANA LÓPEZ", "Ana López", None), ("Ana de la O", "Ana de la O", None),
     ("maría de la luz", "María de la Luz", None), (FOLIO, None, FOLIO), ("1234 5674", None, FOLIO),
     (f"Ana {FOLIO}", "Ana", FOLIO), ("1234-5674, Ana", "Ana", FOLIO), ("=HYPERLINK(x)", "=HYPERLINK(x)", None)],
)  # fmt: skip
def test_en_la_casilla_del_nombre_cabe_el_folio(escrito, nombre, folio):
    leido = uno(nombre=escrito)
    assert (leido.nombre, leido.folio, dict(leido.errores)) == (nombre, folio, {})


@pytest.mark.parametrize(
    ("casilla", "escrito", "frase"),
    [("nombre", "12345675", renglones.ERROR_FOLIO), ("nombre", "Ana 2", renglones.ERROR_NUMEROS),
     ("nombre", "3781234567", renglones.ERROR_NUMEROS),
     ("nombre", "a" * 81, "Caben 80 letras y sobra 1. Acorte el texto."),
     ("sexo", "x", renglones.ERROR_SEXO), ("edad", "99999", renglones.ERROR_EDAD), ("telefono", "37812", None)],
)  # fmt: skip
def test_lo_que_no_se_entiende_se_dice_en_su_columna(casilla, escrito, frase):
    errores = uno(**{casilla: escrito}).errores
    assert list(errores) == [casilla]
    assert frase in (None, errores[casilla])


def test_los_renglones_en_blanco_no_son_personas_y_los_numeros_son_los_del_papel():
    crudos = [Crudo("a"), Crudo("b", sexo="M"), Crudo("c", nombre="  \u200b "), Crudo("d", edad="3")]
    assert [r.numero for r in renglones.leer(HOJA, crudos)] == [2, 4]


def repetidos(*crudos: Crudo, conocidos: Conocidos | None = None) -> list[str]:
    return [r.senas for r in renglones.repetidos(renglones.leer(HOJA, crudos), conocidos)]


def test_se_repite_quien_trae_el_mismo_nombre_aunque_este_escrito_distinto():
    escritos = ["Ma. Gpe. López", "Luz", "lopez maria guadalupe", "LÓPEZ, María de Guadalupe"]
    crudos = [Crudo(str(n), nombre=escrito) for n, escrito in enumerate(escritos)]
    assert repetidos(*crudos) == ["3-nombre-1", "4-nombre-1"]


def test_manda_el_motivo_mas_firme_y_lo_ya_registrado():
    crudos = [
        Crudo("a", nombre=f"Ana Soto {FOLIO}", telefono="3781234567"),
        Crudo("b", nombre=f"Ana Soto {FOLIO}", telefono="378 123 4567"),
        Crudo("c", nombre="Otra", telefono="+52 378 123 4567"),
        Crudo("d", nombre="Eva Ruiz"),
    ]
    ya = Conocidos(nombres={renglones.como_se_compara("Ruiz Eva")})
    assert repetidos(*crudos, conocidos=ya) == ["2-folio-1", "3-telefono-1", "4-nombre-0"]


@pytest.mark.parametrize(
    ("valores", "que"),
    [(["M", "F"], "H"), (["M", "H"], "M"), (["M", "M"], None), (["Mujer", "M"], "M"), (["F"], "H"), ([], "M")],
)
def test_que_quiere_decir_m_depende_de_la_lista(valores, que):
    assert renglones.que_es_m(valores) == que


@given(st.lists(st.builds(Crudo, st.text(max_size=3), *[st.text(max_size=30)] * 5), max_size=6))
def test_nada_de_lo_tecleado_hace_fallar(crudos):
    leidos = renglones.leer(HOJA, crudos)
    renglones.repetidos(leidos)
    for leido in leidos:
        assert leido.sexo in CATALOGOS.claves("sexo")
        assert leido.edad in CATALOGOS.claves("edad")
        assert leido.procedencia in CATALOGOS.claves("procedencia")
