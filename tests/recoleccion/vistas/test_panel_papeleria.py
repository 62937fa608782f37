"""El papel de la oficina: logotipo vuelto a dibujar, leyenda y pie; cada programa, lo suyo o lo de la oficina."""

import io
import re

import pytest
from PIL import Image

from recoleccion import fotos
from recoleccion.consultas import oficina
from recoleccion.vistas.panel import papeleria
from tests.recoleccion.vistas.oficina import Oficina, leer


@pytest.fixture
def titular(app) -> Oficina:
    return Oficina(app, "titular")


def imagen(color: tuple[int, ...], formato: str = "PNG") -> bytes:
    salida = io.BytesIO()
    Image.new("RGBA" if len(color) == 4 else "RGB", (60, 30), color).save(salida, formato)
    return salida.getvalue()


def subir(titular: Oficina, contenido: bytes, nombre: str = "logo.png", donde: str = "/panel/papeleria", **campos):
    return titular.subir(donde, "logo", nombre, contenido, **campos)


def color(logo: bytes) -> tuple[int, ...]:
    return Image.open(io.BytesIO(logo)).convert("RGB").getpixel((30, 15))


def test_un_programa_lleva_lo_suyo_y_lo_que_no_diga_es_lo_de_la_oficina(titular, instalacion, base):
    assert oficina.membrete(base, instalacion).logo is None
    assert titular.get("/panel/papeleria/logo.jpg").status_code == 204
    subir(titular, imagen((0, 0, 200)), leyenda="De la oficina", pie="Calle 1")
    subir(titular, imagen((0, 200, 0)), "p.jpg", "/panel/papeleria/igualdad", leyenda="Es público, ajeno a partidos.")
    suyo, otro = (oficina.membrete(base, instalacion, clave) for clave in ("igualdad", "comunidad"))
    assert (suyo.leyenda, suyo.pie) == ("Es público, ajeno a partidos.", "Calle 1")
    assert (otro.leyenda, otro.pie) == ("De la oficina", "Calle 1")
    assert color(suyo.logo)[1] > 150
    assert color(otro.logo)[2] > 150
    assert (suyo.oficina, suyo.municipio) == ("CE-MUJER", "Valle de Guadalupe, Jalisco")
    assert titular.get("/panel/papeleria/igualdad/logo.jpg").data == suyo.logo
    assert "Tiene suyo: logotipo, leyenda" in titular.texto("/panel/papeleria")
    assert instalacion.catalogos.etiqueta("programa", "igualdad") == "Igualdad"


def test_el_logotipo_se_guarda_sin_lo_que_traia_y_lo_transparente_queda_blanco(titular, instalacion, base):
    salida = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "escrito por Ana"
    Image.new("RGB", (40, 40), (9, 9, 9)).save(salida, "JPEG", exif=exif)
    subir(titular, salida.getvalue(), "l.jpg")
    assert b"Ana" not in oficina.membrete(base, instalacion).logo
    subir(titular, imagen((0, 0, 0, 0)))
    assert color(oficina.membrete(base, instalacion).logo) == (255, 255, 255)
    titular.post("/panel/papeleria", quitar_logo="y")
    assert oficina.membrete(base, instalacion).logo is None


@pytest.mark.parametrize(
    ("contenido", "nombre", "frase"),
    [
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', "l.svg", "SVG"),
        (b"<svg/>", "logo.png", "SVG"),
        (b"hola", "logo.png", "no es una imagen"),
        (imagen((1, 2, 3))[:40], "logo.png", "dañado o incompleto"),
    ],
)
def test_lo_que_no_sirve_de_logotipo_se_explica_y_no_se_pierde_lo_escrito(
    titular, instalacion, base, contenido, nombre, frase
):
    respuesta = subir(titular, contenido, nombre, leyenda="Mi leyenda")
    assert respuesta.status_code in (415, 422)
    assert frase in leer(respuesta)
    assert "Mi leyenda" in respuesta.text
    assert oficina.membrete(base, instalacion).logo is None


def test_un_logotipo_de_30_mb_se_explica(titular, monkeypatch):
    respuesta = subir(titular, b"\x89PNG\r\n\x1a\n" + b"0" * 30_000_000)
    assert respuesta.status_code == 413
    assert "pesa más de 10 MB" in leer(respuesta)
    assert papeleria.MAXIMO < fotos.MAX_BYTES


def test_sin_la_ficha_de_la_sesion_no_cambia_nada(titular, base, instalacion):
    assert titular.cliente.post("/panel/papeleria", data={"pie": "otro"}).status_code == 400
    assert oficina.membrete(base, instalacion).pie == ""


def test_una_leyenda_que_parece_formula_no_entra_al_catalogo(titular, instalacion):
    respuesta = titular.post("/panel/papeleria/igualdad", leyenda="=1+1")
    assert respuesta.status_code == 422
    assert "fórmula" in leer(respuesta)


@pytest.mark.parametrize("donde", ["/panel/papeleria", "/panel/papeleria/igualdad"])
def test_la_segunda_persona_ve_lo_que_escribio_la_primera(titular, donde):
    def revision() -> str:
        return re.search(r'name="revision" value="([^"]+)"', titular.get(donde).text)[1]

    vieja = revision()
    titular.post(donde, leyenda="De la primera", revision=vieja)
    respuesta = titular.post(donde, leyenda="De la segunda", revision=vieja)
    assert respuesta.status_code == 409
    assert "Ahora dice: De la primera Usted escribió: De la segunda" in leer(respuesta)
    assert titular.post(donde, leyenda="De la segunda", revision=revision()).status_code == 303
    assert "De la segunda" in titular.get(donde).text
