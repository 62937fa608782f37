"""Una foto se queda en sus puntos: derecha, chica y sin decir dónde se tomó; de la que no se abre se dice por qué."""

import json
from io import BytesIO

import pytest
from PIL import Image

from recoleccion import fotos
from recoleccion.errores import ErrorJornada
from tests.fotos import SENAS, bomba, de_telefono, dibujo, png


def esquina(jpeg: bytes) -> tuple[int, int, int]:
    """El color de arriba a la izquierda."""
    with Image.open(BytesIO(jpeg)) as imagen:
        return imagen.convert("RGB").getpixel((20, 20))


def es_roja(color: tuple[int, int, int]) -> bool:
    return color[0] > 200 and max(color[1:]) < 60


def trae_algo(jpeg: bytes) -> list[str]:
    """Lo que una JPEG dice además de sus puntos."""
    hallado = [sena for sena in (*SENAS, "Exif", "http", "GPS") if sena.encode() in jpeg]
    return hallado + [f"marca {marca:X}" for marca in fotos.segmentos(jpeg) if marca not in fotos.PERMITIDOS]


def test_la_de_un_telefono_sale_derecha_chica_y_sin_decir_donde_se_tomo():
    tomada = de_telefono(giro=1)
    assert {*SENAS[:1], "Exif", "marca E1", "marca FE"} <= set(trae_algo(tomada)), "el control: la original sí lo trae"
    foto = fotos.limpiar(tomada)
    assert (foto.ancho, foto.alto) == (1600, 1200)
    assert trae_algo(foto.jpeg) == []
    assert es_roja(esquina(foto.jpeg))
    with Image.open(BytesIO(foto.jpeg)) as imagen:
        assert imagen.size == (1600, 1200)
        assert set(imagen.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize(("giro", "gira"), [(3, 180), (6, 90), (8, 270)])
def test_la_que_se_tomo_de_lado_queda_derecha(giro: int, gira: int):
    derecha = dibujo(900, 600)
    acostada = derecha.rotate(gira, expand=True)
    exif = Image.Exif()
    exif[0x0112] = giro
    salida = BytesIO()
    acostada.save(salida, "JPEG", exif=exif)
    assert not es_roja(esquina(salida.getvalue()))
    foto = fotos.limpiar_aqui(salida.getvalue())
    assert (foto.ancho, foto.alto) == (900, 600)
    assert es_roja(esquina(foto.jpeg))


def test_una_chica_no_se_agranda_y_lo_transparente_queda_blanco():
    imagen = Image.new("RGBA", (300, 200), (0, 0, 0, 0))
    foto = fotos.limpiar(png(imagen))
    assert (foto.ancho, foto.alto) == (300, 200)
    assert min(esquina(foto.jpeg)) > 250


@pytest.mark.parametrize("modo", ["L", "P", "CMYK", "1", "LA"])
def test_se_leen_los_demas_modos(modo: str):
    imagen, salida = dibujo(200, 150).convert(modo), BytesIO()
    imagen.save(salida, "JPEG" if modo == "CMYK" else "PNG")
    assert fotos.limpiar_aqui(salida.getvalue()).ancho == 200


@pytest.mark.parametrize("medidas", [(1, 5000), (5000, 1), (1, 1)])
def test_una_tira_delgadisima_no_se_rompe(medidas: tuple[int, int]):
    salida = BytesIO()
    Image.new("RGB", medidas).save(salida, "JPEG")
    foto = fotos.limpiar_aqui(salida.getvalue())
    assert max(foto.ancho, foto.alto) == min(1600, max(medidas))


def test_un_webp_se_lee():
    salida = BytesIO()
    dibujo(400, 300).save(salida, "WEBP")
    assert fotos.limpiar(salida.getvalue()).ancho == 400


HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(400)
VIDEO = b"\0\0\0\x18ftypmp42\0\0\0\0isommp42" + bytes(400)
ENTERA = de_telefono(800, 600)


@pytest.mark.parametrize(
    ("contenido", "codigo"),
    [
        pytest.param(b"\xff\xd8\xff" + bytes(30_000_000), "foto_grande", id="30 MB"),
        pytest.param(HEIC, "foto_heic", id="HEIC"),
        pytest.param(VIDEO, "foto_tipo", id="video"),
        pytest.param(b"%PDF-1.7\n" + bytes(400), "foto_tipo", id="PDF"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "foto_tipo", id="SVG"),
        pytest.param(b"GIF89a" + bytes(400), "foto_tipo", id="GIF"),
        pytest.param(b"", "foto_ilegible", id="vacía"),
        pytest.param(ENTERA[: len(ENTERA) // 2], "foto_ilegible", id="cortada"),
        pytest.param(b"\xff\xd8\xff" + bytes(4000), "foto_ilegible", id="basura con firma"),
        pytest.param(bomba(), "foto_enorme", id="bomba"),
    ],
)
def test_la_que_no_sirve_se_dice_por_que(contenido: bytes, codigo: str):
    with pytest.raises(ErrorJornada) as error:
        fotos.limpiar(contenido)
    assert error.value.codigo == codigo
    assert "no se guardó" in error.value.mensaje
    assert error.value.que_hacer


def test_la_que_tarda_de_mas_se_deja():
    with pytest.raises(ErrorJornada) as error:
        fotos.limpiar(ENTERA, segundos=0.001)
    assert error.value.codigo == "foto_ilegible"


@pytest.mark.parametrize(
    "salida",
    [
        pytest.param(json.dumps({"ancho": 800, "alto": 600}).encode() + b"\n" + ENTERA, id="con EXIF"),
        pytest.param(b'{"ancho": 8, "alto": 6}\n' + fotos.limpiar_aqui(ENTERA).jpeg + b"de mas", id="con cola"),
        pytest.param(b'{"ancho": 9000, "alto": 6}\n' + fotos.limpiar_aqui(ENTERA).jpeg, id="más grande"),
        pytest.param(b'{"ancho": 8, "alto": 6}\n', id="sin foto"),
        pytest.param(b"", id="nada"),
    ],
)
def test_a_lo_que_contesta_el_otro_proceso_no_se_le_cree(salida: bytes):
    with pytest.raises(ValueError):  # noqa: PT011  el mensaje no lo lee nadie: se vuelve «foto_ilegible»
        fotos._revisar(salida)


def test_las_marcas_se_leen_tambien_de_una_progresiva():
    salida = BytesIO()
    dibujo(300, 200).save(salida, "JPEG", progressive=True)
    assert fotos.segmentos(salida.getvalue()).count(0xDA) > 1
