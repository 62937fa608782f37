"""El papel que sale: la tarjeta no delata, el aviso se lee de lejos, la invitación se escanea y todo vale en negro."""

import csv
import re
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from PIL import Image
from pypdf import PdfReader
from reportlab.lib.units import mm
from test_impresos import EVENTO, cuadricula_pintada, paginas, rectangulos

from formularios import catalogos
from formularios.instrumento import incluidos
from recoleccion.impresos import aviso, cartel, credenciales, encuesta, fichas, hoja, lista, qr, tarjeta
from recoleccion.impresos.invitacion import ALTO, ANCHO, invitacion_png, mensaje
from recoleccion.impresos.recuperacion import recuperacion_pdf

HOST = "https://registro.ejemplo.mx"
PROPIA = {
    "nombre": "Instituto Municipal de la Mujer",
    "servicio": "Atención contra la violencia",
    "telefono": "378 000 0000",
}
TEXTOS = {
    "simplificado": "El Ayuntamiento usa estos datos para contar.\nLa encuesta es anónima.",
    "leido": "El Ayuntamiento cuenta cuántas personas vienen hoy. " * 7,
    "oficina": "CE-MUJER",
    "version": 3,
    "vigente_desde": "2026-11-25",
}


def ayuda() -> list[dict[str, str]]:
    """Las líneas que vienen con el sistema y la de una oficina."""
    with (Path(catalogos.__file__).parent / "catalogos" / "ayuda.csv").open(encoding="utf-8") as archivo:
        return [*csv.DictReader(archivo), PROPIA]


def textos(pdf: bytes) -> list[str]:
    return [" ".join(pagina.extract_text().split()) for pagina in PdfReader(BytesIO(pdf)).pages]


def delatan(texto: str) -> list[str]:
    return [raiz for raiz in tarjeta.DELATA if tarjeta.delata(texto) and raiz in texto.lower()]


# --- La tarjeta ----------------------------------------------------------------------------------------------------


def test_la_tarjeta_son_diez_por_hoja_con_los_numeros_y_por_atras_un_calendario():
    numeros, calendario = textos(tarjeta.tarjetas_pdf(ayuda(), 2027))
    for telefono in ("911", "33 1415 1002", "800 911 2000", "378 000 0000"):
        assert numeros.count(telefono) >= 10
    assert numeros.count("Números útiles") == 10
    assert numeros.count("elija la opción 1") == 10
    assert calendario.count("2027") == calendario.count("septiembre") == 10


def test_la_tarjeta_discreta_no_dice_de_que_es_y_la_completa_si():
    discreta, completa = (" ".join(textos(tarjeta.tarjetas_pdf(ayuda(), 2027, completa=c))) for c in (False, True))
    assert delatan(completa), "el control: con los nombres sí se sabe"
    assert delatan(discreta) == []
    assert tarjeta.NEUTRO in discreta
    documento = PdfReader(BytesIO(tarjeta.tarjetas_pdf(ayuda(), 2027)))
    assert not tarjeta.delata(str(documento.metadata))


@pytest.mark.parametrize("nombre", ["LÍNEA MUJERES", "Género y más", "No + Violencia", "Denúncialo", "Víctimas"])
def test_delata_sin_fijarse_en_acentos_ni_mayusculas(nombre: str):
    assert tarjeta.delata(nombre)
    assert not tarjeta.delata("Línea de la Vida")


def test_una_tarjeta_sin_numeros_o_con_muchos_y_largos_no_se_rompe():
    muchos = [{"nombre": "Institución " * 6, "servicio": "Servicio " * 9, "telefono": "800 " * 9}] * 40
    for lineas in ([], muchos):
        assert len(textos(tarjeta.tarjetas_pdf(lineas, 2026))) == 2


# --- El aviso ------------------------------------------------------------------------------------------------------


def test_el_aviso_son_dos_hojas_una_para_pegar_y_otra_para_leer():
    pegar, leer = textos(aviso.aviso_pdf(**TEXTOS, completo=f"{HOST}/K7MD2Q/aviso"))
    assert "Aviso de privacidad" in pegar
    assert "La encuesta es anónima." in pegar
    assert "registro.ejemplo.mx/K7MD2Q/aviso" in pegar
    assert "Para leer en voz alta al empezar" in leer
    assert "Dura unos 15 segundos" in leer
    assert "versión 3, del 25/11/2026" in pegar
    assert "pídalo: se lo enseñamos" in textos(aviso.aviso_pdf(**TEXTOS))[0]


def test_el_aviso_y_el_cartel_dicen_que_habra_fotos_solo_si_se_avisa():
    for con_fotos in (False, True):
        hojas = [
            *textos(aviso.aviso_pdf(**TEXTOS, con_fotos=con_fotos)),
            *textos(cartel.cartel_pdf(EVENTO | {"avisa_fotos": int(con_fotos)}, HOST, "Oficina")),
        ]
        assert [aviso.FOTOS in texto for texto in hojas] == [con_fotos] * 3


def test_el_qr_del_aviso_lleva_al_completo():
    completo = f"{HOST}/K7MD2Q/aviso"
    todos = rectangulos(paginas(aviso.aviso_pdf(**TEXTOS, completo=completo))[0])
    esperada = qr.matriz(completo, "M")
    x, y, lado = hoja.MARGEN - 4 * mm, hoja.MARGEN + 8 * mm, 46 * mm
    assert cuadricula_pintada(todos, x, y, lado, len(esperada)) == esperada


def letras(pdf: bytes, pagina: int) -> list[float]:
    """Los tamaños de letra que usa una hoja, en puntos."""
    return [
        float(t)
        for t in re.findall(r"/F\d+ ([\d.]+) Tf", paginas(pdf)[pagina].get_contents().get_data().decode("latin-1"))
    ]


def test_el_aviso_se_lee_de_lejos_y_uno_larguisimo_cabe_en_su_hoja():
    corto, largo = (aviso.aviso_pdf(**TEXTOS | {"simplificado": TEXTOS["simplificado"] * veces}) for veces in (1, 30))
    assert sorted(letras(corto, 0))[-2] >= 30
    assert len(textos(largo)) == 2
    assert min(letras(largo, 0)) >= 8


@pytest.mark.parametrize(("palabras", "dichos"), [(3, 5), (60, 20), (75, 25), (90, 30)])
def test_cuanto_dura_leido(palabras: int, dichos: int):
    assert aviso.segundos("palabra " * palabras) == dichos


# --- La invitación -------------------------------------------------------------------------------------------------


def qr_de(imagen: Image.Image, modulos: int) -> qr.Matriz:
    """El QR de la invitación, vuelto a leer de sus puntos: el cuadro negro de abajo a la izquierda."""
    gris = imagen.convert("L")
    negros = [(x, y) for y in range(ALTO // 2, ALTO) for x in range(ANCHO // 2) if gris.getpixel((x, y)) < 8]
    izquierda, arriba = min(x for x, _ in negros), min(y for _, y in negros)
    paso = (max(x for x, _ in negros) + 1 - izquierda) / modulos
    return [
        [
            gris.getpixel((int(izquierda + (c + 0.5) * paso), int(arriba + (f + 0.5) * paso))) < 128
            for c in range(modulos)
        ]
        for f in range(modulos)
    ]


def test_la_invitacion_mide_lo_de_un_mensaje_y_su_qr_es_el_del_evento():
    png = invitacion_png(EVENTO, HOST, "CE-MUJER")
    assert len(png) < 120_000
    with Image.open(BytesIO(png)) as imagen:
        assert imagen.size == (ANCHO, ALTO) == (1080, 1350)
        assert imagen.info == {}, "sin datos ocultos"
        esperada = qr.matriz("HTTPS://REGISTRO.EJEMPLO.MX/K7MD2Q")
        leida = qr_de(imagen, len(esperada))
    assert leida == esperada
    assert leida != qr.matriz("HTTPS://REGISTRO.EJEMPLO.MX/K7MD2R")


def test_la_invitacion_no_lleva_morado_y_se_lee_en_blanco_y_negro():
    with Image.open(BytesIO(invitacion_png(EVENTO, HOST, "CE-MUJER"))) as imagen:
        colores = {color for _, color in imagen.convert("RGB").getcolors(maxcolors=64)}
        gris = imagen.convert("L")
    assert [c for c in colores if c[0] > c[1] + 24 and c[2] > c[1] + 24] == []
    oscuros = sum(gris.histogram()[:110])
    claros = sum(gris.histogram()[200:])
    assert oscuros + claros > 0.97 * ANCHO * ALTO


def test_un_titulo_larguisimo_no_tapa_el_qr():
    evento = EVENTO | {"titulo": "Encuentro 🌸 de mujeres rurales " * 12, "sede": "Rancho " * 60}
    esperada = qr.matriz("HTTPS://REGISTRO.EJEMPLO.MX/K7MD2Q")
    with Image.open(BytesIO(invitacion_png(evento, HOST, "Oficina " * 40))) as imagen:
        assert qr_de(imagen, len(esperada)) == esperada


def test_el_mensaje_dice_que_cuando_donde_y_con_que_codigo_sin_el_tema():
    texto = mensaje(EVENTO, HOST)
    assert texto.splitlines() == [
        "Plática para familias",
        "Miércoles 25 de noviembre, de 5:00 a 7:00 p. m.",
        "Salón de la casa de la cultura",
        "Al llegar, regístrese con el código K7MD2Q en registro.ejemplo.mx",
    ]


# --- Todos ---------------------------------------------------------------------------------------------------------


def logo() -> bytes:
    salida = BytesIO()
    Image.new("RGB", (300, 120), "#7a1f5c").save(salida, "PNG")
    return salida.getvalue()


def encabezado(**cambios: object) -> lista.Encabezado:
    datos = {
        "oficina": "CE-MUJER",
        "titulo": "Plática",
        "datos": [("Fecha", "hoy")],
        "totales": "Total: 30",
        "leyenda": "Aviso.",
    }
    return lista.Encabezado(**datos | cambios)


def todos() -> dict[str, bytes]:
    return {
        "tarjeta": tarjeta.tarjetas_pdf(ayuda(), 2027),
        "aviso": aviso.aviso_pdf(**TEXTOS, con_fotos=True, completo=f"{HOST}/K7MD2Q/aviso"),
        "cartel": cartel.cartel_pdf(EVENTO | {"avisa_fotos": 1}, HOST, "CE-MUJER", pie="Calle Hidalgo 1, Centro"),
        "lista": lista.lista_pdf(encabezado(programa="Este programa es público.", pie="Calle Hidalgo 1"), []),
        "credenciales": credenciales.credenciales_pdf([("12345674", "J1" + "7ZK" * 9 + "A")]),
        "fichas": fichas.fichas_pdf(3, Random(1)),
        "encuesta": encuesta.encuesta_pdf(incluidos()["satisfaccion"], oficina="CE-MUJER", tamano="carta"),
        "recuperacion": recuperacion_pdf("-".join(["ABCD"] * 7), ["bosque"] * 12, "CE-MUJER", "25 de noviembre"),
    }


def con_color(pdf: bytes) -> list[str]:
    """Las instrucciones que pintan en color (ISO 32000-1, 8.6.8): ``rg``, ``RG``, ``k``, ``K``."""
    contenido = "\n".join(pagina.get_contents().get_data().decode("latin-1") for pagina in paginas(pdf))
    pintan = re.findall(r"([\d. ]+) (rg|RG|k|K)\b", contenido)
    return [f"{numeros} {orden}" for numeros, orden in pintan if len(set(numeros.split())) > 1]


def test_todo_es_carta_sin_color_y_con_los_mismos_bytes():
    for nombre, pdf in todos().items():
        assert {tuple(map(float, pagina.mediabox[2:])) for pagina in paginas(pdf)} == {(612, 792)}, nombre
        assert con_color(pdf) == [], nombre
        assert pdf == todos()[nombre], nombre


def test_el_control_un_texto_en_color_se_descubre():
    lienzo, salida = hoja.nuevo_lienzo("x")
    lienzo.setFillColorRGB(0.5, 0, 0.5)
    lienzo.drawString(100, 100, "morado")
    lienzo.save()
    assert con_color(salida.getvalue())


def test_la_papeleria_de_la_oficina_sale_en_la_lista_y_en_el_cartel():
    pdf = lista.lista_pdf(
        encabezado(programa="Este programa es público.", pie="Calle Hidalgo 1", logo=logo()), [{}] * 30
    )
    for pagina in paginas(pdf):
        assert len(pagina.images) == 1
        texto = pagina.extract_text()
        assert "Este programa es público." in texto
        assert "Calle Hidalgo 1" in texto
    assert "Calle Hidalgo 1" in textos(todos()["cartel"])[0]
    sin_leer = lista.lista_pdf(encabezado(logo=b"no es una imagen"), [])
    assert len(paginas(sin_leer)) == 1
