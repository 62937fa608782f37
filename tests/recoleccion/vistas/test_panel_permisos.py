"""Toda ruta del panel abre, pide su ficha, no se guarda y no lleva guiones. Quién la abre: test_matriz_de_permisos."""

import pytest

from tests.recoleccion.vistas.oficina import Oficina, crear_cuenta

PUBLICAS = {
    "panel.entrar", "panel.entrar_llave", "panel.entrar_segundo", "panel.entrar_olvido", "panel.acceso_reto",
    "panel.confirmacion", "panel.salir", "panel.calendario_ics",
}  # fmt: skip
DE_CUARENTENA = {"panel.grupo_en_cuarentena", "panel.uno_en_cuarentena"}
"""Sin nada que revisar regresan a la lista (lo prueba test_panel_cuarentena.py)."""
DE_UNA_HOJA = {"panel.instrumento_importada", "panel.instrumento_importada_vista"}
"""Sin una hoja en espera regresan a la lista (lo prueba test_panel_instrumentos.py)."""
DE_UN_INFORME = {"panel.informe", "panel.informe_en_pdf", "panel.informe_en_xlsx", "panel.informe_en_json"}
"""De uno guardado (lo prueba test_panel_informes.py)."""
DE_UN_CATALOGO = {
    "panel.catalogo_editar", "panel.papeleria_programa", "panel.logo_oficina", "panel.logo_programa",
    "panel.localidades_previa",
}  # fmt: skip
"""De una opción que existe, un logotipo o un archivo leído (lo prueba test_panel_catalogos.py)."""
DE_UNA_ACTIVIDAD = {"panel.actividad_editar", "panel.actividades_importada"}
"""De una anotada, o de un archivo que espera (lo prueba test_panel_actividades.py)."""
DE_UNA_SERIE = {"panel.serie", "panel.serie_editar"}
"""De una que existe (lo prueba test_panel_series.py)."""
DE_UNA_HOJA_DE_PAPEL = {"panel.papel_hoja"}
"""De una ya pasada (lo prueba test_panel_papel.py)."""
DE_UNA_EVIDENCIA = {"panel.evidencia_foto", "panel.actividad_evidencias"}
"""De una evidencia y una actividad que existen (lo prueba test_panel_evidencias.py)."""
DE_UNA_SOLICITUD = {"panel.derechos_solicitud", "panel.derechos_acuse", "panel.retencion_acta"}
"""De una recibida, o de algo que se borró (lo prueba test_panel_derechos.py)."""
HUECOS = {
    "<llave>": "otra",
    "<catalogo>": "tema",
    "<clave>": "satisfaccion", "<pregunta>": "S1", "<int:version>": "1", "<huella>": "0" * 64,
    "<int:ejercicio>": "2026", "<linea>": "M4", "<int:trimestre>": "3", "<periodo>": "t4",
}  # fmt: skip


def rutas(app, evento_id: str):
    """``(nombre, método, dirección)`` de todo lo que hay bajo /panel, con el evento del elenco en los huecos."""
    for regla in app.url_map.iter_rules():
        if not regla.rule.startswith("/panel"):
            continue
        direccion = regla.rule.replace("<id>", evento_id)
        for hueco, valor in HUECOS.items():
            direccion = direccion.replace(hueco, valor)
        assert "<" not in direccion, f"la prueba no sabe llenar {regla.rule}"
        for metodo in sorted(regla.methods & {"GET", "POST"}):
            yield regla.endpoint, metodo, direccion


@pytest.mark.parametrize("rol", ["analista", "administra"])
def test_otros_papeles_ven_una_pagina_amable(app, base, rol):
    crear_cuenta(base, rol)
    pagina = Oficina(app, rol).get("/panel/")
    assert pagina.status_code == 403
    assert "Esta parte es de la titular" in pagina.text
    assert "Salir" in pagina.text


def test_la_titular_abre_todas_las_paginas(app, elenco):
    titular = Oficina(app, "titular")
    fallan = [
        (direccion, estado)
        for nombre, metodo, direccion in rutas(app, elenco.evento_id)
        if metodo == "GET"
        and nombre
        not in PUBLICAS
        | {"panel.directorio_editar", "panel.cuenta_contrasena", "panel.alta_json"}
        | DE_CUARENTENA
        | DE_UNA_HOJA
        | DE_UNA_HOJA_DE_PAPEL
        | DE_UN_CATALOGO
        | DE_UN_INFORME
        | DE_UNA_ACTIVIDAD
        | DE_UNA_SERIE
        | DE_UNA_EVIDENCIA
        | DE_UNA_SOLICITUD
        and (estado := titular.get(direccion).status_code) != 200
    ]
    assert fallan == []


def test_todo_envio_sin_ficha_csrf_se_rechaza_y_no_cambia_nada(app, base, elenco):
    titular = Oficina(app, "titular")
    antes = base.execute("SELECT count(*) FROM bitacora").fetchone()[0]
    envios = [r for r in rutas(app, elenco.evento_id) if r[1] == "POST"]
    assert len(envios) > 15
    for _, _, direccion in envios:
        assert titular.cliente.post(direccion).status_code == 400, direccion
        assert titular.cliente.post(direccion, data={"csrf_token": "inventada"}).status_code == 400, direccion
    assert base.execute("SELECT count(*) FROM bitacora").fetchone()[0] == antes
    assert titular.post(f"/panel/eventos/{elenco.evento_id}/cierre").status_code == 303


def test_nada_del_panel_se_guarda_en_el_navegador(app, elenco):
    titular = Oficina(app, "titular")
    for _, metodo, direccion in rutas(app, elenco.evento_id):
        if metodo == "GET":
            assert titular.get(direccion).headers["Cache-Control"] == "no-store", direccion


def test_ninguna_pagina_lleva_guiones_ni_estilos_en_linea(app, elenco):
    titular = Oficina(app, "titular")
    for _, metodo, direccion in rutas(app, elenco.evento_id):
        respuesta = titular.get(direccion) if metodo == "GET" else None
        if respuesta is not None and respuesta.mimetype == "text/html":
            assert "style=" not in respuesta.text, direccion
            assert "<script>" not in respuesta.text, direccion
            assert " onclick" not in respuesta.text, direccion
