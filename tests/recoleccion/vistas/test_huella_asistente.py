"""Las páginas de asistentes no dejan huella, no delatan el tema y pesan poco."""

import re

import brotli
import pytest

from recoleccion.consultas import instrumentos
from tests.recoleccion.vistas.paginas import DATOS, K, Pagina, leer, nuevo_evento


def todas_las_paginas(clave: str) -> list[str]:
    rutas = ["", "/r", "/r?otra=1", "/e/1", "/e/2", "/e/3", "/e/4", "/listo", "/listo?e=2", "/listo?e=4", "/aviso"]
    return ["/", "/?c=X0", "/ayuda", "/salir", "/ZZZZZZ", "/favicon.ico", *(f"/{clave}{ruta}" for ruta in rutas)]


def fugas(respuesta) -> list[str]:
    """Lo que una página de asistente no debe llevar: cookie, permiso de guardarse, direcciones de afuera."""
    halladas = []
    if "Set-Cookie" in respuesta.headers:
        halladas.append("cookie")
    if respuesta.headers.get("Cache-Control") != "no-store" and respuesta.mimetype == "text/html":
        halladas.append("se guarda")
    if respuesta.mimetype == "text/html":
        pagina = Pagina(respuesta.text)
        nuestras = ("/", "tel:", "data:,")
        halladas += [d for d in pagina.direcciones if not d.startswith(nuestras) or d.startswith("//")]
        halladas += ["en línea" for tag, a in pagina.etiquetas if "style" in a]
        halladas += ["guion en línea" for tag, a in pagina.etiquetas if tag == "script" and "src" not in a]
        halladas += ["manifiesto" for tag, a in pagina.etiquetas if tag == "link" and a.get("rel") == "manifest"]
        halladas += ["autocompletar" for t, a in pagina.etiquetas if t == "form" and a.get("autocomplete") != "off"]
        halladas += [f"suelto {a.get('name')}" for a in pagina.sueltos if a.get("autocomplete") != "off"]
        halladas += [f"autocompletar {a['name']}" for _, a in pagina.etiquetas if a.get("autocomplete", "off") != "off"]
    return halladas


def test_ninguna_pagina_deja_cookie_ni_se_guarda_ni_pide_nada_afuera(cliente, elenco):
    for direccion in todas_las_paginas(elenco.clave):
        assert fugas(cliente.get(direccion)) == [], direccion


@pytest.mark.parametrize("ruta", ["/r", "/r?otra=1", "/n", "/e/1", "/e/2", "/e/3", "/e/4"])
def test_ningun_envio_deja_cookie(cliente, elenco, ruta):
    for envio in ({**DATOS, **K, "S1": "MB", "E1": "V"}, {"edad": "x", "K1": "x", "S1": "x", "E1": "x"}):
        respuesta = cliente.post(f"/{elenco.clave}{ruta}", data=envio)
        assert respuesta.status_code in (303, 422)
        assert fugas(respuesta) in ([], ["se guarda"])
        assert respuesta.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in respuesta.headers


def test_la_busqueda_de_fugas_las_encuentra(app):
    """Control: una página con cookie, letra de afuera y guion en línea se descubre."""

    @app.get("/fuga")
    def fuga():
        html = '<link href="https://fonts.example/x.css"><p style="x">a</p><script>1</script><form></form>'
        html += '<input name="x"><form autocomplete="off"><input name="y" autocomplete="name"></form>'
        return html, {"Set-Cookie": "a=1", "Cache-Control": "private"}

    assert fugas(app.test_client().get("/fuga")) == [
        "cookie",
        "se guarda",
        "https://fonts.example/x.css",
        "en línea",
        "guion en línea",
        "autocompletar",
        "suelto x",
        "autocompletar y",
    ]


DELATAN = ("Violencia digital", "cómo cuidarse", "violencia", "mujer", "25n", "prevencion", "Plática", "género")


def delatores(pagina: Pagina, palabras=DELATAN) -> set[str]:
    """Palabras del tema en lo que se ve de reojo: título, direcciones y texto."""
    visto = f"{pagina.titulo} {' '.join(pagina.direcciones)} {pagina.html}".lower()
    return {palabra for palabra in palabras if palabra.lower() in visto}


def test_nada_dice_de_que_es_la_platica(cliente, elenco):
    for direccion in (f"/{elenco.clave}", f"/{elenco.clave}/r?otra=1", "/", "/salir", "/ZZZZZZ"):
        pagina = Pagina(cliente.get(direccion).text)
        assert delatores(pagina) - {"mujer"} == set(), direccion  # «Mujer» es una opción de sexo
        assert pagina.titulo in ("Registro", "Calendario")


def test_ni_el_titulo_ni_las_direcciones_de_ninguna_pagina_delatan(cliente, elenco):
    for direccion in todas_las_paginas(elenco.clave):
        respuesta = cliente.get(direccion)
        if respuesta.mimetype != "text/html":
            continue
        pagina = Pagina(respuesta.text)
        assert pagina.titulo in ("Registro", "Calendario"), direccion
        assert not re.search("violencia|mujer|tema|25n|digital", " ".join(pagina.direcciones), re.IGNORECASE)
        assert "Violencia digital" not in pagina.html
        assert "cómo cuidarse" not in pagina.html


def test_la_busqueda_de_delatores_los_encuentra(cliente, base, azar):
    """Control: si el lugar dijera el tema, se notaría."""
    clave = nuevo_evento(base, azar, sede="Violencia digital")
    assert "Violencia digital" in delatores(Pagina(cliente.get(f"/{clave}").text))


def test_salir_esta_en_toda_pagina_y_lleva_a_un_calendario(cliente, elenco):
    for direccion in todas_las_paginas(elenco.clave):
        if direccion in ("/salir", "/favicon.ico"):
            continue
        enlaces = [a for tag, a in Pagina(cliente.get(direccion).text).etiquetas if a.get("class") == "salir"]
        assert [a["href"] for a in enlaces] == ["/salir"], direccion
    pagina = leer(cliente, "/salir")
    assert "noviembre de 2026" in pagina.html
    assert elenco.clave not in pagina.html


def test_el_icono_no_dice_nada(cliente):
    respuesta = cliente.get("/favicon.ico")
    assert respuesta.mimetype == "image/svg+xml"
    assert b"<text" not in respuesta.data


# --- Peso --------------------------------------------------------------------------------------------------------


def peso(respuesta) -> int:
    """Bytes en el cable: renglón de estado, cabeceras y cuerpo comprimido."""
    cabeceras = sum(len(f"{nombre}: {valor}\r\n".encode()) for nombre, valor in respuesta.headers)
    return len("HTTP/1.1 200 OK\r\n") + cabeceras + 2 + len(respuesta.data)


def primera_visita(cliente, direccion) -> tuple[int, int]:
    """Bytes y peticiones de quien llega por primera vez, con brotli: página, guion y todo lo que ella pida."""
    acepta = {"Accept-Encoding": "gzip, deflate, br"}
    respuesta = cliente.get(direccion, headers=acepta)
    assert respuesta.headers["Content-Encoding"] == "br"
    pagina = Pagina(brotli.decompress(respuesta.data).decode())
    piezas = [a["href"] for t, a in pagina.etiquetas if t == "link" and not a["href"].startswith("data:")]
    piezas += [a["src"] for t, a in pagina.etiquetas if "src" in a and t != "img"]  # la de <noscript>, sin guiones
    assert piezas[0].startswith(("/static/js/asistente/asistente.js", "/static/js/encuesta/"))
    return peso(respuesta) + sum(peso(cliente.get(pieza, headers=acepta)) for pieza in piezas), 1 + len(piezas)


@pytest.mark.parametrize("ruta", ["", "/r", "/e/1", "/e/2", "/e/3", "/e/4", "/listo?e=2", "/listo?e=4", "/aviso"])
def test_la_primera_visita_cabe_en_un_viaje(cliente, elenco, ruta):
    bytes_, peticiones = primera_visita(cliente, f"/{elenco.clave}{ruta}")
    assert bytes_ <= 14_600
    assert peticiones == 2


def test_sin_guiones_cada_pagina_vacia_la_memoria_del_navegador_y_nada_mas(cliente, elenco):
    """Si pidiera borrar «storage» se iría también lo que un teléfono de la oficina guarda sin enviar."""
    for direccion in todas_las_paginas(elenco.clave):
        respuesta = cliente.get(direccion)
        if respuesta.mimetype == "text/html" and respuesta.status_code != 303:
            assert '<noscript><img src="/punto.gif" alt=""></noscript>' in respuesta.text, direccion
    assert cliente.get("/punto.gif").headers["Clear-Site-Data"] == '"cache"'


@pytest.mark.parametrize("ruta", ["/e/1", "/e/4"], ids=["antes", "reconocer"])
def test_la_encuesta_de_doce_preguntas_pesa_menos_de_8000_bytes(cliente, elenco, base, ruta):
    assert len(instrumentos.leer(base, "antes", 1).para_tema("digital").preguntas) == 12
    bytes_, peticiones = primera_visita(cliente, f"/{elenco.clave}{ruta}")
    assert bytes_ <= 8_000
    assert peticiones == 2
