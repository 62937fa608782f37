"""Lo que se imprime desde el panel: que salga, que no se pase y que los nombres sólo los vea la titular."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from recoleccion.consultas import ajustes, credenciales
from tests.llave import FRASE
from tests.recoleccion.vistas.oficina import Oficina, registrar

NOMBRE = "Guadalupe Íñiguez Ruvalcaba"


@pytest.fixture
def titular(app) -> Oficina:
    return Oficina(app, "titular")


def texto_pdf(respuesta) -> str:
    assert respuesta.status_code == 200
    assert respuesta.mimetype == "application/pdf"
    assert respuesta.headers["Cache-Control"] == "no-store"
    assert respuesta.headers["Content-Security-Policy"] == "frame-ancestors 'none'"
    return "\n".join(hoja.extract_text() for hoja in PdfReader(BytesIO(respuesta.data)).pages)


def test_el_cartel_lleva_el_codigo_y_no_el_tema(titular, elenco):
    texto = texto_pdf(titular.get(f"/panel/eventos/{elenco.evento_id}/cartel.pdf"))
    assert " ".join(elenco.clave) in texto
    assert f"Escriba {elenco.clave} en 127.0.0.1:8000" in texto
    pagina = titular.get(f"/panel/eventos/{elenco.evento_id}/cartel").text
    assert "<svg" in pagina
    assert elenco.clave in pagina


def test_si_el_qr_solo_abre_en_esta_computadora_se_dice(titular, base, elenco):
    paginas = [f"/panel/eventos/{elenco.evento_id}/{que}" for que in ("cartel", "invitacion")]
    assert all("sólo abre en esta computadora" in titular.texto(pagina) for pagina in paginas)
    ajustes.guardar(base, "host_publico", "https://registro.ejemplo.mx")
    assert not any("sólo abre en esta computadora" in titular.texto(pagina) for pagina in paginas)


def test_la_invitacion_la_tarjeta_y_el_aviso_salen(titular, elenco):
    evento = f"/panel/eventos/{elenco.evento_id}"
    imagen = titular.get(f"{evento}/invitacion.png")
    assert imagen.mimetype == "image/png"
    assert imagen.headers["Cache-Control"] == "no-store"
    assert imagen.headers["Content-Disposition"].endswith(f'"invitacion-{elenco.clave}.png"')
    assert f"con el código {elenco.clave}" in titular.texto(f"{evento}/invitacion")
    assert f"127.0.0.1:8000/{elenco.clave}/aviso" in texto_pdf(titular.get(f"{evento}/aviso.pdf"))
    assert "Para leer en voz alta" in texto_pdf(titular.get("/panel/impresos/aviso.pdf"))
    tarjeta = titular.get("/panel/impresos/tarjeta.pdf")
    assert "2027" in texto_pdf(tarjeta)  # en noviembre ya trae el que sigue
    assert tarjeta.headers["Content-Disposition"].endswith('"numeros-utiles.pdf"')
    assert "Línea de las Mujeres" in texto_pdf(titular.get("/panel/impresos/tarjeta.pdf?completa=1"))


def test_las_credenciales_se_imprimen_una_vez_y_el_secreto_no_se_guarda(titular, base, datos):
    respuesta = titular.post("/panel/impresos/credenciales.pdf", cuantas="12")
    assert respuesta.headers["Content-Disposition"].startswith("attachment")  # abrirlo otra vez haría otras
    texto = texto_pdf(respuesta)
    folios = [fila["folio"] for fila in base.execute("SELECT folio FROM credencial")]
    assert len(folios) == 12
    for folio in folios:
        assert f"{folio[:4]} {folio[4:]}" in texto
    guardado = b"".join(archivo.read_bytes() for archivo in datos.glob("privada.db*"))
    assert folios[0].encode() in guardado
    bitacora = base.execute("SELECT accion, detalle FROM bitacora ORDER BY id DESC").fetchone()
    assert tuple(bitacora) == ("imprimir credenciales", "12")


@pytest.mark.parametrize("ruta", ["credenciales", "fichas"])
@pytest.mark.parametrize("cuantas", ["0", "501", "-3", "diez", "", "1e2", "9" * 30])
def test_un_numero_fuera_de_lugar_se_dice_junto_al_campo_y_no_imprime(titular, base, ruta, cuantas):
    respuesta = titular.post(f"/panel/impresos/{ruta}.pdf", cuantas=cuantas)
    assert respuesta.status_code == 422
    assert f'id="cuantas-{ruta}-error"' in respuesta.text
    assert credenciales.contar(base)["impresas"] == 0


def test_las_fichas_salen_con_palabra_y_numero(titular):
    assert "Guárdela" in texto_pdf(titular.post("/panel/impresos/fichas.pdf", cuantas="21"))


def test_una_credencial_perdida_se_revoca_por_su_folio(titular, base):
    titular.post("/panel/impresos/credenciales.pdf", cuantas="1")
    folio = base.execute("SELECT folio FROM credencial").fetchone()["folio"]
    assert titular.post("/panel/impresos/revocacion", folio=f"{folio[:4]} {folio[4:]}").status_code == 303
    assert base.execute("SELECT revocada_en FROM credencial").fetchone()["revocada_en"]
    assert "1 ya no sirve" in titular.texto("/panel/impresos")
    ajeno = titular.post("/panel/impresos/revocacion", folio="12345678")
    assert ajeno.status_code == 422
    assert 'value="12345678"' in ajeno.text


def test_la_lista_lleva_nombres_solo_para_la_titular_y_deja_huella(app, titular, base, instalacion, elenco, azar):
    registrar(base, instalacion, elenco.evento_id, azar, nombre=NOMBRE, telefono="3781234567")
    registrar(base, instalacion, elenco.evento_id, azar, sexo="H")
    direccion = f"/panel/eventos/{elenco.evento_id}/lista"
    titular.post("/panel/llave/apertura", razon="lista", frase=FRASE)
    assert NOMBRE in titular.texto(direccion)
    texto = texto_pdf(titular.get(f"{direccion}.pdf"))
    assert "3781234567" in texto
    assert "(sin nombre)" in texto
    assert "Total: 2 personas (1 mujer, 1 hombre)." in texto
    acciones = [fila["accion"] for fila in base.execute("SELECT accion FROM bitacora ORDER BY id DESC LIMIT 2")]
    assert acciones == ["imprimir lista", "ver lista"]
    promotora = Oficina(app, "promotora")
    for ruta in ("", ".pdf"):
        respuesta = promotora.get(direccion + ruta)
        assert respuesta.status_code == 403
        assert NOMBRE not in respuesta.text


def test_la_lista_vacia_no_lleva_a_nadie(titular, base, instalacion, elenco, azar):
    registrar(base, instalacion, elenco.evento_id, azar, nombre=NOMBRE)
    texto = texto_pdf(titular.get(f"/panel/eventos/{elenco.evento_id}/lista.pdf?vacia=1"))
    assert "Violencia digital" in texto
    assert NOMBRE not in texto
    assert "Total: ______" in texto


@pytest.mark.parametrize(("hojas", "salen"), [("", 2), ("3", 3), ("0", 1), ("999999", 20), ("muchas", 2)])
def test_la_lista_vacia_alcanza_para_una_platica_o_para_lo_que_se_pida(titular, elenco, hojas, salen):
    respuesta = titular.get(f"/panel/eventos/{elenco.evento_id}/lista.pdf?vacia=1&hojas={hojas}")
    paginas = PdfReader(BytesIO(respuesta.data)).pages
    assert len(paginas) == salen
    assert str(22 * salen) in paginas[-1].extract_text()


def test_las_encuestas_de_los_proximos_eventos_se_imprimen_en_papel(titular):
    pagina = titular.get("/panel/impresos").text
    direccion = "/panel/instrumentos/antes/1/papel.pdf?tema=digital"
    assert f'href="{direccion}"' in pagina
    assert "Antes de empezar" in texto_pdf(titular.get(direccion))
