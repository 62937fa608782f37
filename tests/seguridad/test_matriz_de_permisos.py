"""Cada ruta con cada papel, con nadie y con un teléfono: se abre a quien dice la tabla del LEEME, y a nadie más."""

import re
import shutil
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from recoleccion.consultas import conexion
from recoleccion.vistas.sesion import requiere
from tests.recoleccion.vistas.mundo import Mundo
from tests.recoleccion.vistas.oficina import crear_cuenta
from tests.seguridad import matriz
from tests.seguridad.matriz import ROLES, Actores


@pytest.fixture(scope="module")
def actores(_datos_preparados, tmp_path_factory) -> Actores:
    preparados, elenco = _datos_preparados
    datos = Path(shutil.copytree(preparados, tmp_path_factory.mktemp("matriz") / "datos"))
    with closing(conexion.abrir(datos / "privada.db")) as base:
        for rol in ("analista", "administra"):
            crear_cuenta(base, rol)
    return Actores(Mundo(datos, elenco))


def test_la_tabla_no_tiene_renglones_de_mas_y_dice_lo_mismo_que_cada_vista(actores):
    app, renglones = actores.mundo.app, matriz.tabla()
    usados = {matriz.renglon_de(regla, renglones) for regla, _, _ in matriz.rutas(app)}
    assert usados == set(renglones)
    assert matriz.declaradas_mal(app) == []


def test_cada_ruta_se_abre_a_quien_dice_la_tabla_y_a_nadie_mas(actores):
    assert matriz.distintas(actores, actores.mundo.app) == []
    assert actores.mundo.malas == []


def test_una_ruta_sin_permiso_o_con_otro_se_descubre(actores, monkeypatch):
    vistas = actores.mundo.app.view_functions
    sin_permiso = vistas["panel.directorio_lista"].__wrapped__
    monkeypatch.setitem(vistas, "panel.directorio_lista", sin_permiso)
    monkeypatch.setitem(vistas, "panel.aviso", requiere("promotora")(vistas["panel.aviso"].__wrapped__))
    monkeypatch.setitem(vistas, "api.quienes_siguen", lambda: "datos de todas")
    assert sorted(matriz.declaradas_mal(actores.mundo.app)) == ["GET /panel/aviso", "GET /panel/directorio"]
    distintas = matriz.distintas(
        actores, actores.mundo.app, solo=("/panel/directorio", "/panel/aviso", "/api/v1/turno")
    )
    assert "nadie abrió GET /panel/directorio" in distintas
    assert "promotora abrió GET /panel/aviso" in distintas
    assert "titular no pudo abrir GET /panel/aviso" in distintas
    assert "analista abrió GET /api/v1/turno" in distintas


def test_otro_permiso_de_openrosa_no_abre_nada(actores):
    mundo = actores.mundo
    reglas = [(regla, metodo) for regla, metodo, _ in matriz.rutas(mundo.app) if regla.startswith("/openrosa/")]
    assert len(reglas) > 3
    for regla, metodo in reglas:
        bueno, malo = mundo.llenar(regla), mundo.llenar(regla, permiso="A" * 32)
        assert mundo.pedir(metodo, malo).status_code in (401, 403, 404), regla
        assert mundo.pedir(metodo, bueno).status_code not in (401, 403, 404), regla


# --- Lo delicado ---------------------------------------------------------------------------------------------------


def _de(app) -> set[str]:
    return {r.rule for r in app.url_map.iter_rules() if getattr(app.view_functions[r.endpoint], "confirma", False)}


def _no_piden(actores: Actores, reglas: set[str]) -> list[str]:
    """Las que, sin confirmar hace poco, hicieron algo en vez de pedirlo."""
    bitacora = "SELECT count(*) FROM bitacora"
    malas = []
    with actores.mundo.conservando():
        for regla in sorted(reglas):
            with closing(conexion.abrir(actores.mundo.ruta)) as base:
                antes = base.execute(bitacora).fetchone()[0]
                respuesta = actores.pedir("titular", "POST", regla)
                pide = respuesta.status_code == 401 and "Confirme que es usted" in respuesta.text
                if not pide or base.execute(bitacora).fetchone()[0] != antes:
                    malas.append(regla)
    return malas


def test_lo_delicado_es_lo_que_dice_el_leeme_y_no_hace_nada_sin_confirmar(actores, monkeypatch):
    app = actores.mundo.app
    assert _de(app) == matriz.confirman()
    monkeypatch.setattr(actores.mundo.reloj, "hora", actores.mundo.reloj.hora + timedelta(minutes=6))
    assert _no_piden(actores, _de(app)) == []
    borrar = app.view_functions["panel.retencion_borrar"].__wrapped__
    assert borrar.confirma
    monkeypatch.setitem(app.view_functions, "panel.retencion_borrar", requiere("titular")(borrar.__wrapped__))
    assert "/panel/nombres" in _no_piden(actores, matriz.confirman())


@pytest.mark.parametrize("rol", ROLES)
def test_el_menu_solo_ofrece_lo_que_ese_papel_abre(actores, rol):
    galleta, _ = actores.sesiones[rol]
    pagina = actores.mundo.pedir("GET", "/panel/sesiones", environ_overrides={"HTTP_COOKIE": galleta}).text
    ofrecidas = set(re.findall(r'<li><a href="(/panel[^"]*)"', pagina))
    assert "/panel/sesiones" in ofrecidas
    for direccion in ofrecidas:
        respuesta = actores.mundo.pedir("GET", direccion, environ_overrides={"HTTP_COOKIE": galleta})
        assert respuesta.status_code == 200, direccion
