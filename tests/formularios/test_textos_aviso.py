"""Los textos iniciales del aviso: completos, cortos y sin inventar leyes."""

import re
import string
from pathlib import Path

import pytest

import formularios

TEXTOS = Path(formularios.__file__).parent / "textos"
PARTES = ("simplificado", "integral", "leido")
HUECOS = {"responsable": "Ayuntamiento", "oficina": "la oficina", "fecha": "25/11/2026"}


def _texto(parte: str) -> str:
    return (TEXTOS / f"aviso_{parte}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("parte", PARTES)
def test_solo_usa_los_huecos_conocidos(parte: str) -> None:
    usados = {hueco for _, hueco, _, _ in string.Formatter().parse(_texto(parte)) if hueco is not None}
    assert usados <= set(HUECOS)
    assert "{" not in _texto(parte).format(**HUECOS)


@pytest.mark.parametrize("parte", PARTES)
def test_dice_lo_esencial_y_no_cita_articulos(parte: str) -> None:
    texto = _texto(parte)
    assert "La encuesta es anónima y no se junta con la lista" in texto
    assert "{responsable}" in texto
    assert not re.search(r"art[ií]culos?\s+\d|fracci[oó]n", texto, re.IGNORECASE)


def test_el_integral_tiene_cada_parte() -> None:
    titulos = re.findall(r"^## (.+)$", _texto("integral"), re.MULTILINE)
    assert titulos == [
        "Quién es responsable",
        "Qué datos pedimos",
        "Para qué los usamos",
        "Puede participar sin dar su nombre",
        "La encuesta es anónima",
        "Niñas, niños y adolescentes",
        "A quién se los damos",
        "Cuánto tiempo los guardamos",
        "Sus derechos",
        "Versión",
    ]
    for palabra in ("acceso", "rectificación", "cancelación", "oposición", "Unidad de Transparencia", "garante", "☐"):
        assert palabra in _texto("integral")


def test_lo_que_no_se_sabe_queda_por_completar_y_no_inventado() -> None:
    assert _texto("integral").count("[completar: ") == 3
    assert "[" not in _texto("simplificado") + _texto("leido")


def test_el_leido_dura_unos_veinte_segundos() -> None:
    palabras = len(_texto("leido").format(**HUECOS).split())
    assert palabras <= 60  # a unas 170 palabras por minuto


def test_el_primero_que_se_ve_no_nombra_la_oficina() -> None:
    assert "{oficina}" not in _texto("simplificado")
