"""La tabla de OWASP ASVS 5.0: cada requisito de nivel 1 o 2 tiene su prueba o su razón, o dice por qué no toca.

``asvs_niveles.csv`` trae los números y niveles de la versión 5.0.0; los resúmenes de ``asvs.csv`` son nuestros.
"""

import csv
from pathlib import Path

import pytest

from tests.seguridad.enlaces import RAIZ, no_existe

AQUI = Path(__file__).parent
Fila = dict[str, str]


def leer(nombre: str) -> list[Fila]:
    with (AQUI / nombre).open(encoding="utf-8", newline="") as archivo:
        return list(csv.DictReader(archivo))


def malas(filas: list[Fila], niveles: list[Fila]) -> list[str]:
    """Lo que la tabla dice mal: un número que no existe, dos veces el mismo, una prueba que no está, o nada."""
    todos = {fila["id"] for fila in niveles}
    no_tocan = {fila["id"] for fila in niveles if fila["no_aplica"]}
    dichos = [fila["id"] for fila in filas]
    hallado = [f"{id}: no es un requisito de nivel 1 o 2" for id in dichos if id not in todos]
    hallado += [f"{id}: está dos veces" for id in set(dichos) if dichos.count(id) > 1]
    hallado += [f"{id}: dice que no toca y también su prueba" for id in no_tocan & set(dichos)]
    hallado += [f"{id}: falta" for id in todos - no_tocan - set(dichos)]
    for fila in filas:
        if not fila["resumen"] or not (fila["prueba"] or fila["razon"]):
            hallado.append(f"{fila['id']}: ni prueba ni razón")
        elif fila["prueba"] and (que := no_existe(fila["prueba"])):
            hallado.append(f"{fila['id']}: {que}")
        if fila["razon"] and len(fila["razon"]) < 20:
            hallado.append(f"{fila['id']}: una razón se entiende sola")
    return sorted(hallado)


def test_cada_requisito_tiene_su_prueba_o_su_razon() -> None:
    assert malas(leer("asvs.csv"), leer("asvs_niveles.csv")) == []


def test_son_los_que_son() -> None:
    filas, niveles = leer("asvs.csv"), leer("asvs_niveles.csv")
    assert len([fila for fila in niveles if fila["nivel"] == "1"]) == 70
    assert len([fila for fila in niveles if fila["nivel"] == "2"]) == 183
    assert len(filas) >= 190
    assert len([fila for fila in filas if fila["prueba"]]) >= 180
    assert len([fila for fila in filas if fila["razon"].startswith("No se cumple")]) <= 3


def test_el_documento_dice_lo_que_no_se_cumple() -> None:
    """Lo que falta se lee junto a lo que se afirma, no escondido en una tabla."""
    texto = (RAIZ / "recoleccion" / "SEGURIDAD.md").read_text("utf-8")
    filas, niveles = leer("asvs.csv"), leer("asvs_niveles.csv")
    no_tocan = len([fila for fila in niveles if fila["no_aplica"]])
    con_prueba, razones = len([f for f in filas if f["prueba"]]), [f["razon"] for f in filas]
    no, medias = (len([r for r in razones if r.startswith(como)]) for como in ("No se cumple", "A medias"))
    cuenta = f"{len(filas)} tocan ({con_prueba} con prueba) y {no_tocan} no; {no} no se cumplen y {medias} a medias"
    assert f"{len(niveles)} requisitos: {cuenta}" in texto
    faltan = {f["id"] for f in leer("asvs.csv") if f["razon"].startswith(("No se cumple", "A medias"))}
    assert {id for id in faltan if id not in texto} == set()


@pytest.mark.parametrize(
    "cambio",
    [
        {"id": "V99.1.1"},
        {"id": "V1.1.2"},
        {"prueba": "tests/seguridad/test_asvs.py::test_que_no_existe"},
        {"prueba": "", "razon": ""},
        {"prueba": "", "razon": "luego"},
        {"id": "V10.1.1"},
    ],
)
def test_el_control_una_fila_mala_se_nota(cambio: Fila) -> None:
    filas = leer("asvs.csv")
    filas[0] = filas[0] | cambio
    assert malas(filas, leer("asvs_niveles.csv")) != []
