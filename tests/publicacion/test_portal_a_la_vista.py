"""El portal en Chromium: sin violaciones de axe, sin salirse de 360 px y sin pedir nada a nadie más."""

from publicacion import lanzar
from tests.navegador.accesibilidad import accesible, con_axe, problemas_a_lo_ancho

PAGINAS = {
    "inicio": "/",
    "preguntas": "/preguntas",
    "participación": "/preguntas/participacion",
    "participación con filtro": "/preguntas/participacion?sexo=M&zona=nada",
    "encuestas": "/preguntas/encuestas?encuesta=satisfaccion",
    "encuestas comparadas": "/preguntas/encuestas?pregunta=K1&sexo=comparar",
    "cambio": "/preguntas/cambio",
    "metas": "/preguntas/metas",
    "tendencia": "/preguntas/tendencia?pregunta=despues.K1",
    "programas": "/preguntas/programas",
    "diccionario": "/diccionario",
    "metodología": "/metodologia",
    "API": "/api-publica",
    "descargas": "/descargas",
    "entrar": "/entrar",
    "datos": "/publica",
    "vista": "/publica/asistencias_por_sexo_y_edad",
    "tabla": "/publica/asistencia_cubo?_sort_desc=n",
    "filtrada": "/publica/respuesta_cubo?eje__exact=sexo&pregunta__in=K1,K2",
    "sin renglones": "/publica/asistencia_cubo?eje=nada",
    "renglón": "/publica/asistencia_cubo/2026-T4,total,todas",
    "POA": "/publica/lineas_del_poa",
    "no encontrada": "/nada",
    "negada": "/publica?sql=select+1",
    "mal pedida": "/publica/asistencia_cubo?_facet=eje",
}


def test_cada_pagina_del_portal_se_puede_leer_y_usar(oficina, puerto, lanzar_datasette, navegador):
    oficina.publicar()
    lanzar_datasette(lanzar.orden(oficina.publica, puerto))
    base = f"http://127.0.0.1:{puerto}"
    pagina = navegador.new_page()
    con_axe(pagina.context)
    ajenas: list[str] = []
    avisos: list[str] = []
    pagina.on("request", lambda r: None if r.url.startswith(base) else ajenas.append(r.url))
    pagina.on("console", lambda m: avisos.append(m.text))
    for nombre, ruta in PAGINAS.items():
        pagina.goto(base + ruta)
        assert problemas_a_lo_ancho(pagina, accesible) == {}, nombre
    assert ajenas == []
    # «[DOM]» son consejos del navegador: aquí, que una contraseña sin usuario confunde a quien las guarda.
    assert [a for a in avisos if "Failed to load resource" not in a and not a.startswith("[DOM]")] == []
    # Control: con un defecto puesto a propósito, axe lo dice.
    pagina.evaluate("document.querySelector('h1').insertAdjacentHTML('afterend', '<img src=\"data:,\">')")
    assert any(v.startswith("image-alt") for v in accesible(pagina))
    pagina.context.close()


def test_se_filtra_y_se_ordena_sin_javascript(oficina, puerto, lanzar_datasette, navegador):
    oficina.publicar()
    lanzar_datasette(lanzar.orden(oficina.publica, puerto))
    pagina = navegador.new_context(java_script_enabled=False, viewport={"width": 360, "height": 640}).new_page()
    pagina.goto(f"http://127.0.0.1:{puerto}/")
    pagina.get_by_role("link", name="¿Cuántas personas participaron").click()
    pagina.locator("summary", has_text="Cambiar").click()
    pagina.get_by_label("Sexo", exact=True).select_option("Mujeres")
    pagina.get_by_role("button", name="Ver").click()
    pagina.get_by_role("heading", name="Asistencias por sexo y edad, octubre a diciembre de 2026 (Mujeres)").wait_for()
    pagina.get_by_role("link", name="Tablas", exact=True).click()
    pagina.get_by_role("link", name="Asistencias por sexo y edad").click()
    pagina.get_by_text("Filtrar u ordenar").click()
    pagina.get_by_label("Columna").select_option("sexo")
    pagina.get_by_label("Valor").fill("Mujeres")
    pagina.get_by_role("button", name="Aplicar").click()
    pagina.get_by_role("heading", name="5 renglones").wait_for()
    pagina.get_by_role("link", name="Inicio", exact=True).click()
    pagina.get_by_role("heading", name="¿Cómo se protegieron estos datos?").wait_for()
    pagina.context.close()
