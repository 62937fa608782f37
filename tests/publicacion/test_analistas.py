"""La lista de analistas: tokens que no se guardan, vencimientos, y bajas que surten efecto de inmediato."""

import os
from datetime import date
from random import Random

import pytest

from publicacion import analistas
from publicacion.analistas import Padron, normalizar
from publicacion.errores import ErrorPublicacion

HOY = date(2026, 11, 23)


def _alta(ruta, nombre="Ana Reyes", *, semilla=1, dias=90):
    return analistas.alta(ruta, nombre, hoy=HOY, azar=Random(semilla), dias=dias)


def test_el_token_entra_y_no_queda_escrito_en_ninguna_parte(tmp_path):
    ruta = tmp_path / "analistas.json"
    token, nueva = _alta(ruta)
    padron = Padron(ruta, lambda: HOY)
    assert padron.por_token(token) == padron.por_id(nueva.id) == nueva
    guardado = ruta.read_text("utf-8").upper()
    assert token not in guardado
    assert token.replace("-", "")[2:] not in guardado
    assert ruta.stat().st_mode & 0o777 == 0o600
    assert padron.por_token("") is None
    assert padron.por_token(token[:-1]) is None
    assert padron.por_token(nueva.huella) is None


@pytest.mark.parametrize("escribir", [str.lower, lambda t: t.replace("-", " "), lambda t: f"\t{t}\n"])
def test_se_puede_escribir_como_salga(tmp_path, escribir):
    token, nueva = _alta(tmp_path / "a.json")
    assert Padron(tmp_path / "a.json", lambda: HOY).por_token(escribir(token)) == nueva


def test_letras_que_se_confunden_se_entienden():
    assert normalizar("an-" + "O" * 13 + "l" * 12) == "AN" + "0" * 13 + "1" * 12
    assert normalizar("AN" + "U" * 25) is None
    assert normalizar("AN" + "0" * 24) is None


def test_la_baja_surte_efecto_sin_reiniciar_y_otra_alta_no_revive_sesiones(tmp_path):
    ruta = tmp_path / "a.json"
    token, primera = _alta(ruta)
    padron = Padron(ruta, lambda: HOY)
    assert padron.por_token(token)
    analistas.baja(ruta, "ana  REYES")
    assert padron.por_token(token) is None
    assert padron.por_id(primera.id) is None
    otro, segunda = _alta(ruta, semilla=2)
    assert (padron.por_token(token), padron.por_token(otro)) == (None, segunda)
    assert padron.por_id(primera.id) is None


def test_vence_al_pasar_su_ultimo_dia(tmp_path):
    token, nueva = _alta(tmp_path / "a.json", dias=7)
    assert nueva.vence == "2026-11-30"
    assert Padron(tmp_path / "a.json", lambda: date(2026, 11, 30)).por_token(token)
    assert Padron(tmp_path / "a.json", lambda: date(2026, 12, 1)).por_token(token) is None


def test_con_la_lista_danada_nadie_entra_y_se_dice(tmp_path):
    ruta = tmp_path / "a.json"
    token, _ = _alta(ruta)
    ruta.write_text('{"analistas": [{"id"', "utf-8")
    os.utime(ruta, (1, 1))
    assert Padron(ruta, lambda: HOY).por_token(token) is None
    with pytest.raises(ErrorPublicacion, match=r"No se pudo leer a\.json"):
        analistas.leer(ruta)


@pytest.mark.parametrize("nombre", ["", " ", "A", "x" * 61, "ana\x00reyes"])
def test_un_nombre_que_no_sirve_no_se_da_de_alta(tmp_path, nombre):
    with pytest.raises(ErrorPublicacion):
        _alta(tmp_path / "a.json", nombre)
    assert not (tmp_path / "a.json").exists()


def test_no_hay_dos_con_el_mismo_nombre_ni_baja_de_quien_no_esta(tmp_path):
    _alta(tmp_path / "a.json")
    with pytest.raises(ErrorPublicacion, match="ya está en la lista"):
        _alta(tmp_path / "a.json", "ANA reyes", semilla=2)
    with pytest.raises(ErrorPublicacion, match="no está en la lista"):
        analistas.baja(tmp_path / "a.json", "Otra")
    with pytest.raises(ErrorPublicacion, match="de 1 a 730 días"):
        _alta(tmp_path / "a.json", "Otra", dias=0)
