"""Los impresos: que el QR dibujado sea el que debe ser, que el texto diga lo que debe y que las hojas alcancen."""

import re
import time
from io import BytesIO
from random import Random

import pytest
from pypdf import PdfReader
from reportlab.lib.units import mm

from recoleccion.consultas import envoltura
from recoleccion.impresos import cartel, credenciales, fichas, hoja, lista, qr
from recoleccion.impresos.recuperacion import recuperacion_pdf

EVENTO = {
    "titulo": "Plática para familias",
    "fecha": "2026-11-25",
    "hora_inicio": "17:00",
    "hora_fin": "19:00",
    "sede": "Salón de la casa de la cultura",
    "clave": "K7MD2Q",
    "tema": "violencia",
}


def paginas(pdf: bytes):
    return PdfReader(BytesIO(pdf)).pages


def rectangulos(pagina) -> list[tuple[float, float, float, float]]:
    """Los rectángulos que pinta la página, leídos de sus instrucciones: ``x y ancho alto re``."""
    instrucciones = pagina.get_contents().get_data().decode("latin-1")
    return [tuple(map(float, m)) for m in re.findall(r"([-\d.]+) ([-\d.]+) ([-\d.]+) ([-\d.]+) re\b", instrucciones)]


def cuadricula_pintada(rectangulos_, x: float, y: float, lado: float, modulos: int) -> qr.Matriz:
    """Vuelve a armar el QR a partir de lo pintado dentro del cuadro, sin su margen."""
    modulo = lado / (modulos + 2 * qr.MARGEN)
    pintada = [[False] * modulos for _ in range(modulos)]
    for rx, ry, ancho, alto in rectangulos_:
        if not (x <= rx < x + lado and y <= ry < y + lado):
            continue
        assert alto == pytest.approx(modulo, abs=0.01)
        columna = round((rx - x) / modulo) - qr.MARGEN
        fila = modulos - 1 - (round((ry - y) / modulo) - qr.MARGEN)
        for i in range(round(ancho / modulo)):
            pintada[fila][columna + i] = True
    return pintada


def test_la_direccion_va_en_mayusculas_y_por_https_salvo_que_se_diga_otra_cosa():
    assert qr.direccion("registro.ejemplo.mx", "K7MD2Q") == "HTTPS://REGISTRO.EJEMPLO.MX/K7MD2Q"
    assert qr.direccion("http://127.0.0.1:8000/", "K7MD2Q") == "HTTP://127.0.0.1:8000/K7MD2Q"
    assert qr.sin_esquema("http://Registro.ejemplo.mx/") == "registro.ejemplo.mx"


def test_el_qr_de_una_credencial_es_version_2_y_el_del_cartel_cabe_en_la_3():
    assert len(qr.matriz("J1" + "7ZK" * 9 + "A", "M")) == 25
    assert len(qr.matriz(qr.direccion("registro.ejemplo.mx", "K7MD2Q"))) <= 29


def test_las_mayusculas_hacen_un_qr_mas_chico():
    assert len(qr.matriz("HTTPS://REGISTRO.EJEMPLO.MX/K7MD2Q")) < len(qr.matriz("https://registro.ejemplo.mx/K7MD2Q"))


def test_las_corridas_pintan_exactamente_los_modulos_negros():
    cuadricula = qr.matriz("F1LUNA-37")
    pintada = [[False] * len(cuadricula) for _ in cuadricula]
    for fila, columna, largo in qr.corridas(cuadricula):
        for i in range(largo):
            assert not pintada[fila][columna + i]
            pintada[fila][columna + i] = True
    assert pintada == cuadricula


def test_el_svg_no_trae_estilos_ni_guiones():
    dibujo = qr.svg("HTTPS://REGISTRO.EJEMPLO.MX/K7MD2Q")
    assert dibujo.startswith("<svg")
    assert "style" not in dibujo
    assert "<script" not in dibujo


def test_el_cartel_es_una_hoja_carta_con_lo_que_se_necesita_y_sin_el_tema():
    hojas = paginas(cartel.cartel_pdf(EVENTO, "registro.ejemplo.mx", "Instituto de la Mujer"))
    assert len(hojas) == 1
    assert [float(n) for n in hojas[0].mediabox[2:]] == [612, 792]
    texto = hojas[0].extract_text()
    for esperado in (
        "Plática para familias",
        "Miércoles 25 de noviembre de 2026",
        "De 5:00 a 7:00 p. m.",
        "Salón de la casa de la cultura",
        "K 7 M D 2 Q",
        "¿Sin cámara? Escriba K7MD2Q en registro.ejemplo.mx",
        "Instituto de la Mujer",
        "Hoja 1 de 1",
    ):
        assert esperado in texto
    assert "violencia" not in texto.lower()


def test_el_qr_pintado_en_el_cartel_es_el_de_su_direccion():
    pagina = paginas(cartel.cartel_pdf(EVENTO, "registro.ejemplo.mx", "Oficina"))[0]
    esperada = qr.matriz("HTTPS://REGISTRO.EJEMPLO.MX/K7MD2Q")
    todos = rectangulos(pagina)
    izquierda, derecha = min(r[0] for r in todos), max(r[0] + r[2] for r in todos)
    modulo = (derecha - izquierda) / len(esperada)
    lado = modulo * (len(esperada) + 2 * qr.MARGEN)
    assert lado >= 90 * mm
    base = min(r[1] for r in todos) - qr.MARGEN * modulo
    pintada = cuadricula_pintada(todos, izquierda - qr.MARGEN * modulo, base, lado, len(esperada))
    assert pintada == esperada
    assert pintada != qr.matriz("HTTPS://REGISTRO.EJEMPLO.MX/K7MD2R")


def test_un_titulo_larguisimo_o_con_emojis_no_rompe_el_cartel():
    evento = EVENTO | {"titulo": "Encuentro 🌸 de mujeres rurales " * 12, "sede": "Rancho " * 60}
    hojas = paginas(cartel.cartel_pdf(evento, "registro.ejemplo.mx", "Oficina " * 40))
    assert len(hojas) == 1
    assert "Encuentro de mujeres rurales" in hojas[0].extract_text()
    altos = [r[1] for r in rectangulos(hojas[0])]
    assert min(altos) > hoja.MARGEN


def _lista(cuantas: int) -> list[tuple[str, str]]:
    return [(f"{i:08d}", f"J1{i:028d}") for i in range(1, cuantas + 1)]


@pytest.mark.parametrize(("cuantas", "hojas"), [(1, 1), (10, 1), (11, 2), (500, 50)])
def test_las_credenciales_van_diez_por_hoja(cuantas: int, hojas: int):
    inicio = time.process_time()
    pdf = credenciales.credenciales_pdf(_lista(cuantas))
    assert time.process_time() - inicio < 10
    assert len(paginas(pdf)) == hojas


def test_cada_credencial_lleva_su_folio_y_el_qr_de_su_token():
    pagina = paginas(credenciales.credenciales_pdf(_lista(10)))[0]
    texto = pagina.extract_text()
    todos = rectangulos(pagina)
    for lugar, (folio, token) in enumerate(_lista(10)):
        assert f"{folio[:4]} {folio[4:]}" in texto
        assert token not in texto
        fila, columna = divmod(lugar, credenciales.COLUMNAS)
        x = credenciales.X0 + columna * credenciales.TARJETA[0] + 4 * mm
        y = credenciales.Y0 + (credenciales.RENGLONES - 1 - fila) * credenciales.TARJETA[1]
        y += (credenciales.TARJETA[1] - credenciales.LADO_QR) / 2
        pintada = cuadricula_pintada(todos, x, y, credenciales.LADO_QR, 25)
        assert pintada == qr.matriz(token, "M")


def test_las_fichas_de_una_impresion_no_se_repiten_y_llevan_palabra_y_numero():
    hojas = paginas(fichas.fichas_pdf(43, Random(3)))
    assert len(hojas) == 3
    esperadas = fichas.fichas_distintas(43, Random(3))
    assert len(set(esperadas)) == 43
    texto = "\n".join(pagina.extract_text() for pagina in hojas)
    for ficha in esperadas:
        palabra, numero = ficha.split("-")
        assert palabra in texto
        assert numero in texto


def test_el_qr_de_una_ficha_lleva_su_prefijo():
    pagina = paginas(fichas.fichas_pdf(1, Random(3)))[0]
    esperada = qr.matriz("F1" + fichas.fichas_distintas(1, Random(3))[0])
    x = fichas.X0 + 1 * mm
    y = fichas.Y0 + (fichas.RENGLONES - 1) * fichas.TARJETA[1] + (fichas.TARJETA[1] - fichas.LADO_QR) / 2
    assert cuadricula_pintada(rectangulos(pagina), x, y, fichas.LADO_QR, len(esperada)) == esperada


def test_se_pueden_imprimir_quinientas_fichas():
    assert len(set(fichas.fichas_distintas(500, Random(1)))) == 500


def test_pedir_mas_fichas_de_las_que_hay_lo_dice():
    with pytest.raises(ValueError, match="distintas"):
        fichas.fichas_distintas(1_000_000, Random(1))


def test_la_lista_de_asistencia_numera_sigue_en_otra_hoja_y_deja_renglones_en_blanco():
    encabezado = lista.Encabezado("Oficina", "Plática", [("Fecha", "25/11/2026")], "Total: 30 personas", "Aviso.")
    filas = [{"nombre": f"Persona {i}", "sexo": "Mujer", "edad": "18-29"} for i in range(1, 31)]
    hojas = paginas(lista.lista_pdf(encabezado, filas))
    assert len(hojas) == 2
    assert "Persona 1" in hojas[0].extract_text()
    ultimo = hojas[1].extract_text()
    assert "Persona 30" in ultimo
    assert "44" in ultimo
    assert "Total: 30 personas" in ultimo
    assert "Total" not in hojas[0].extract_text()


def test_una_lista_sin_nadie_es_una_hoja_para_llenar_a_mano():
    encabezado = lista.Encabezado("Oficina", "Plática", [], "Total: 0 personas", "Aviso.")
    assert len(paginas(lista.lista_pdf(encabezado, []))) == 1


def test_los_mismos_datos_dan_los_mismos_bytes():
    assert cartel.cartel_pdf(EVENTO, "a.mx", "O") == cartel.cartel_pdf(EVENTO, "a.mx", "O")


def test_la_hoja_de_recuperacion_dice_el_mismo_codigo_en_palabras_en_grupos_y_en_qr():
    codigo = envoltura.nuevo_codigo(Random(3))
    palabras = envoltura.palabras_de(codigo.replace("-", ""))
    (pagina,) = paginas(recuperacion_pdf(codigo, palabras, "CE-MUJER", "25 de noviembre"))
    texto = pagina.extract_text()
    assert envoltura.leer_codigo(" ".join(palabras)) == codigo.replace("-", "")
    assert [palabra for palabra in (*palabras, *codigo.split("-")) if palabra not in texto] == []
    esperada = qr.matriz(codigo.replace("-", ""), "M")
    barras = [barra for barra in rectangulos(pagina) if barra[3] < 10]  # lo demás es el recuadro
    lado = len(esperada) * (modulo := min(alto for _, _, _, alto in barras))
    izquierda, arriba = min(x for x, _, _, _ in barras), max(y + alto for _, y, _, alto in barras)
    margen = qr.MARGEN * modulo
    entero = (izquierda - margen, arriba - lado - margen, lado + 2 * margen)
    assert cuadricula_pintada(barras, *entero, len(esperada)) == esperada
