"""Subir una foto desde el navegador: se achica ahí mismo, y dónde se tomó no llega a salir de él."""

from io import BytesIO

from playwright.sync_api import Browser

from recoleccion.consultas import eventos, evidencias, llave
from tests.fotos import SENAS, de_telefono
from tests.llave import FRASE
from tests.navegador.servido import servida


def test_una_foto_de_telefono_sale_chica_y_sin_decir_donde_se_tomo(navegador: Browser, app, base, datos, elenco):
    eventos.actualizar(base, elenco.evento_id, {"avisa_fotos": True})
    tomada = de_telefono(4000, 3000, giro=6)
    assert SENAS[0].encode() in tomada
    mandados: list[bytes] = []
    de_veras = app.wsgi_app

    def testigo(ambiente, empezar):
        if ambiente["REQUEST_METHOD"] == "POST" and ambiente["PATH_INFO"].endswith("/evidencias"):
            mandados.append(ambiente["wsgi.input"].read(int(ambiente["CONTENT_LENGTH"])))
            ambiente["wsgi.input"] = BytesIO(mandados[-1])
        return de_veras(ambiente, empezar)

    app.wsgi_app = testigo
    with servida(app) as sitio:
        contexto = navegador.new_context(locale="es-MX", viewport={"width": 360, "height": 640})
        pagina = contexto.new_page()
        errores: list[str] = []
        pagina.on("pageerror", lambda error: errores.append(str(error)))
        pagina.goto(f"{sitio}/panel/entrar")
        pagina.get_by_label("Usuario").fill("titular")
        pagina.get_by_label("Contraseña").fill(elenco.contrasena)
        pagina.get_by_role("button", name="Entrar").click()
        pagina.goto(f"{sitio}/panel/eventos/{elenco.evento_id}/evidencias")
        pagina.get_by_label("Fotos, hasta").set_input_files(
            [{"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": tomada}]
        )
        pagina.get_by_role("button", name="Subir").click()
        pagina.get_by_text("Se guardó sellada 1 foto.").wait_for()
        contexto.close()
    assert errores == []
    (mandado,) = mandados
    assert 10_000 < len(mandado) < len(tomada) / 2
    for escondido in (*SENAS, "Exif", "GPS"):
        assert escondido.encode() not in mandado
    (fila,) = evidencias.listar(base, evento_id=elenco.evento_id)
    assert (fila["ancho"], fila["alto"]) == (1200, 1600)  # venía de lado
    assert evidencias.abrir(base, datos / "evidencias", fila["id"], llave.abrir(base, FRASE)).startswith(b"\xff\xd8")
