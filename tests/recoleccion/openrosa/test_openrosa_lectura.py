"""Lo que manda otra aplicación, leído con cuidado: lo bueno se entiende y lo malo se dice, nunca se cae."""

import time

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from formularios.instrumento import Grupo, Instrumento, Opcion, Pregunta
from recoleccion.errores import ErrorJornada
from recoleccion.openrosa import lectura

ID = "11111111-1111-4111-8111-111111111111"
META = f"<meta><instanceID>uuid:{ID}</instanceID></meta>"
AJUSTES = settings(
    max_examples=400, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
AB = (Opcion("a", "A"), Opcion("b", "B"), Opcion("c", "C"))
ENCUESTA = Instrumento(
    "casa", 2, "Casa", "", 1,
    (
        Pregunta("una", "una", "¿Cuál?", AB),
        Pregunta("varias", "varias", "¿Cuáles?", AB),
        Pregunta("orden", "orden", "Ordene", AB),
        Pregunta("hora", "hora", "¿A qué hora?"),
        Pregunta("litros", "decimal", "¿Cuántos?"),
        Pregunta("lugar", "punto", "¿Dónde?"),
        Pregunta("suma", "calculo", "", calculo="1 + 1"),
        Pregunta("K1", "entero", "¿Edad?", grupo="persona"),
        Pregunta("apodo", "texto", "¿Cómo le dicen?", grupo="persona", privada=True),
    ),
    lleva_ficha=True,
    grupos=(Grupo("hogar"), Grupo("persona", padre="hogar", repite=True, maximo=3)),
)  # fmt: skip


def leer_casa(adentro: str, atributos: str = 'id="casa-K7MD2Q" version="2-0a1b2c3d"', raiz: str = "data") -> dict:
    envio = lectura.leer(f"<?xml version='1.0' ?><{raiz} {atributos}>{adentro}{META}</{raiz}>".encode())
    return lectura.contestacion(envio, "evento", ENCUESTA)


def codigo(xml: bytes) -> str:
    with pytest.raises(ErrorJornada) as error:
        lectura.leer(xml)
    return error.value.codigo


def test_una_instancia_como_las_de_collect():
    registro = leer_casa(
        "<una>a</una><varias>a c</varias><orden>c a b</orden><hora>09:30:00.000-06:00</hora><litros>1.0E7</litros>"
        "<lugar>20.99 -1.0E-4 0.0 4.5</lugar><suma>2</suma><jornada_ficha>luna 37</jornada_ficha>"
        "<hogar><persona><K1>31</K1><apodo>Lupe  y\nMari</apodo></persona><persona><K1/><apodo/></persona>"
        "<persona><K1>8</K1></persona></hogar>",
        'xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms" '
        'id="casa-K7MD2Q" version="2-0a1b2c3d"',
    )
    assert registro == {
        "v": 1,
        "id": ID,
        "tipo": "contestacion",
        "evento": "evento",
        "hora": None,
        "sesgo_ms": None,
        "datos": {
            "instrumento": "casa",
            "version": 2,
            "ficha": "luna 37",
            "respuestas": {
                "p_una": ["a"],
                "p_varias": ["a", "c"],
                "p_orden": ["c", "a", "b"],
                "p_hora": ["09:30:00.000-06:00"],
                "p_litros": ["10000000"],
                "p_lugar": ["20.99 -0.00010 0.0 4.5"],
                "K1~1": ["31"],
                "p_apodo~1": ["Lupe  y\nMari"],
                "K1~3": ["8"],
            },
        },
    }


@pytest.mark.parametrize(
    "raiz",
    [
        f'<casa xmlns="urn:x" id="casa-K7MD2Q" version="2-0a1b2c3d"><una>a</una>{META}</casa>',
        f'<x:casa xmlns:x="urn:x" id="casa-K7MD2Q" version="2-0a1b2c3d"><x:una>a</x:una>{META}</x:casa>',
        '<casa xmlns:orx="http://openrosa.org/xforms" id="casa-K7MD2Q" version="2-0a1b2c3d"><una>a</una>'
        f"<orx:meta><orx:instanceID>uuid:{ID}</orx:instanceID></orx:meta></casa>",
        f'<casa id="casa-K7MD2Q" version="2-0a1b2c3d" instanceID="uuid:{ID.upper()}"><una>a</una></casa>',
        f'<casa id="casa-K7MD2Q" version="2-0a1b2c3d"><!-- x --><una><?x y?>a</una>{META}</casa>',
    ],
)
@pytest.mark.parametrize("codificacion", ["utf-8", "utf-16", "iso-8859-1"])
def test_los_espacios_de_nombres_y_la_codificacion_no_estorban(raiz, codificacion):
    xml = f'<?xml version="1.0" encoding="{codificacion}"?>{raiz}'.encode(codificacion)
    envio = lectura.leer(xml)
    assert (envio.forma, envio.version, envio.id) == ("casa-K7MD2Q", "2-0a1b2c3d", ID)
    assert lectura.contestacion(envio, "e", ENCUESTA)["datos"]["respuestas"] == {"p_una": ["a"]}


def test_dos_veces_la_misma_pregunta_no_se_pierde_ninguna():
    assert leer_casa("<una>a</una><una>b</una>")["datos"]["respuestas"] == {"p_una": ["a", "b"]}


def test_mas_vueltas_de_las_que_caben_se_dicen_y_las_vacias_no_cuentan():
    cuatro = "<hogar>" + "<persona><K1>{}</K1></persona>" * 4 + "</hogar>"
    assert leer_casa(cuatro.format(1, 2, 3, ""))["datos"]["respuestas"] == {"K1~1": ["1"], "K1~2": ["2"], "K1~3": ["3"]}
    for de_mas in (cuatro.format(1, 2, 3, 4), "<hogar>" + "<persona/>" * 201 + "</hogar>"):
        with pytest.raises(ErrorJornada) as error:
            leer_casa(de_mas)
        assert error.value.codigo == "openrosa_vueltas"


@pytest.mark.parametrize(
    ("xml", "esperado"),
    [
        (b"", "openrosa_ilegible"),
        (b"hola", "openrosa_ilegible"),
        (b"<data>", "openrosa_ilegible"),
        (b"<data/><data/>", "openrosa_ilegible"),
        (b"\x00\x01\x02", "openrosa_ilegible"),
        (b'<?xml version="1.0" encoding="klingon"?><data/>', "openrosa_ilegible"),
        (b'<?xml version="1.0" encoding="utf-7"?><data/>', "openrosa_ilegible"),
        (b'<?xml version="1.0" encoding="gb18030"?><data/>', "openrosa_ilegible"),
        (b"<data/>", "openrosa_sin_numero"),
        (b"<data><meta><instanceID> </instanceID></meta></data>", "openrosa_sin_numero"),
        (f'<data encrypted="yes">{META}</data>'.encode(), "openrosa_cifrado"),
        (f"<data><encryptedXmlFile>s.xml.enc</encryptedXmlFile>{META}</data>".encode(), "openrosa_cifrado"),
        (
            META.replace("<meta>", "<data><meta><deprecatedID>uuid:x</deprecatedID>").encode() + b"</data>",
            "openrosa_edicion",
        ),
    ],
)
def test_lo_que_no_se_puede_tomar_dice_por_que(xml, esperado):
    assert codigo(xml) == esperado


RISAS = "".join(f'<!ENTITY r{n} "{f"&r{n - 1};" * 10}">' for n in range(1, 10))
BOMBAS = {
    "mil millones de risas": f'<!DOCTYPE d [<!ENTITY r0 "ja">{RISAS}]><data>&r9;{META}</data>',
    "cuadrática": f'<!DOCTYPE d [<!ENTITY r "{"x" * 50_000}">]><data>{"&r;" * 5_000}{META}</data>',
    "archivo": f'<!DOCTYPE d [<!ENTITY r SYSTEM "file:///etc/passwd">]><data><a>&r;</a>{META}</data>',
    "red": f'<!DOCTYPE d SYSTEM "http://127.0.0.1:1/x.dtd"><data>{META}</data>',
    "parámetro": f'<!DOCTYPE d [<!ENTITY % r SYSTEM "file:///etc/passwd">%r;]><data>{META}</data>',
    "inocente": f"<!DOCTYPE data><data>{META}</data>",
    "honda": "<a>" * 100_000,
    "ancha": "<data>" + "<a/>" * 90_000 + META + "</data>",
}


@pytest.mark.parametrize("bomba", BOMBAS.values(), ids=BOMBAS)
def test_una_bomba_no_estalla(bomba):
    antes = time.process_time()
    assert codigo(bomba.encode()) == "openrosa_ilegible"
    assert time.process_time() - antes < 2


def test_el_control_sin_el_cuidado_la_bomba_si_estalla(monkeypatch):
    """El defecto plantado: leer sin mirar el DOCTYPE."""
    monkeypatch.delattr(lectura._Cauto, "doctype")
    risa = f'<!DOCTYPE d [<!ENTITY r "ja">]><data id="x"><a>&r;&r;</a>{META}</data>'
    assert lectura.leer(risa.encode()).raiz[0].text == "jaja"


TROZOS = st.sampled_from(
    ["<data", "<a>", "</a>", "</data>", "<meta>", META, "&#x0;", "&a;", "]]>", "<![CDATA[", "<!--", "<?x", 'id="casa"',
     "<una>", "a", "\x00", "\ud7ff", "é", "<hogar><persona><K1>1</K1></persona></hogar>", ">", "'", "<x:y xmlns:x=''/>"]
)  # fmt: skip


@AJUSTES
@given(st.binary(max_size=200) | st.lists(TROZOS, max_size=15).map(lambda t: "".join(t).encode()))
def test_cualesquiera_bytes_se_leen_o_se_rechazan_con_una_frase(xml):
    estado = 201
    try:
        lectura.contestacion(lectura.leer(xml), "e", ENCUESTA)
    except ErrorJornada as error:
        estado = error.http_status
    assert estado == 201 or 400 <= estado < 500
