"""Un trimestre entero en el navegador: del programa con metas al informe firmado, y cada cifra contada otra vez.

La titular pone metas, arma tres eventos (a uno llegan por el teléfono sin señal, otro viene en una hoja de papel, en el
tercero sólo se cuenta con el dedo), anota actividades, cierra y guarda el informe. Lo que dicen la página, el PDF y el
XLSX recalculado se compara con ``tests/registros_crudos.py``, que lee los renglones del archivo con su propio SQL.
"""

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from recoleccion.instalacion import ZONA_HORARIA
from tests import registros_crudos
from tests.elenco import CONTRASENA, HORA, Reloj
from tests.informes_leidos import de_la_pagina, del_libro, del_pdf, recalculado
from tests.navegador.actores import Titular
from tests.navegador.promotora import abrir_en_frio_sin_senal, al_evento, contexto_de_telefono, enviar, preparar
from tests.navegador.servido import servida

FIN_DE_ANIO = datetime(2027, 1, 5, 10, 0, tzinfo=ZONA_HORARIA)
DIA_DEL_PAPEL = datetime(2026, 11, 18, tzinfo=ZONA_HORARIA)
PLATICA, FERIA, TALLER = "Plática en la plaza", "Feria en el mercado", "Taller en el rancho"
METAS = {
    "M4": {"meta_anual": "4", "t4": "3"},
    "M5": {"meta_anual": "40", "t3": "4", "t4": "20"},
    "A8": {"t4": "1"},
    "M2": {"meta_anual": "5"},
}
"""Lo que la titular espera; las otras doce líneas se quedan sin meta."""
POR_TELEFONO = (
    ("Mujer", "De 30 a 44 años", "Del pueblo"),
    ("Mujer", "De 12 a 17 años", "De un rancho"),
    ("Hombre", "60 años o más", "De un rancho"),
    ("Prefiero no decir", "Prefiero no decir", "Prefiero no decir"),
    ("Hombre", "De 18 a 29 años", "Del pueblo"),
)
"""La última se deshace."""
CON_EL_DEDO = (("Mujer", "De 18 a 29 años", 4), ("Hombre", "De 45 a 59 años", 2), ("Mujer", "60 años o más", 1))
EN_PAPEL = (("ana lópez", "m34p"), ("eva ruiz", "m51r"), ("luz soto", "m10p"), ("josé vera", "h67o"))
_VALE = "id = (SELECT id FROM asistencia WHERE id NOT IN (SELECT registro_id FROM anulacion) AND"
SE_NOTA = {
    "otro sexo": f"UPDATE asistencia SET sexo = 'H' WHERE {_VALE} sexo = 'M' LIMIT 1)",
    "una persona de más": f"UPDATE asistencia SET personas = 2 WHERE {_VALE} personas = 1 LIMIT 1)",
    "otra edad": f"UPDATE asistencia SET edad = '60+' WHERE {_VALE} edad = '30-44' LIMIT 1)",
    "otro lugar": "UPDATE evento SET localidad = 'otro_municipio' WHERE titulo = 'Taller en el rancho'",
    "un curso menos": "UPDATE actividad SET cantidad = cantidad - 1 WHERE linea = 'M2'",
    "otra meta": "UPDATE linea_poa SET t4 = t4 + 1 WHERE clave = 'M5'",
    "una línea de menos": "DELETE FROM evento_linea WHERE linea = 'A8'",
    "el alcance": "UPDATE actividad SET alcance = alcance - 1 WHERE linea = 'A7'",
}
"""Un solo renglón cambiado en el archivo, por detrás: el informe guardado ya no es el de los registros."""
_TEXTOS = """() => Object.fromEntries([...document.querySelectorAll(".informe tbody")].map((cuerpo) => [
  cuerpo.querySelector(".que").id.slice(6),
  [...cuerpo.querySelectorAll(".textos dd")].map((dd) => dd.innerText.replace(/\\s+/g, " ").trim())]))"""
_CUADRO = """(tabla) => [...tabla.querySelectorAll("tbody tr, tfoot tr")].map((fila) =>
  [...fila.children].map((celda) => {
  celda = celda.cloneNode(true);
  celda.querySelectorAll(".oculto").forEach((oculto) => oculto.remove());
  return celda.textContent.trim(); }))"""


@pytest.fixture
def sitio(app) -> Iterator[str]:
    with servida(app) as direccion:
        yield direccion


def test_cada_cifra_del_trimestre_es_la_de_los_registros(
    navegador: Browser, sitio: str, reloj: Reloj, datos: Path, elenco, tmp_path: Path
):
    titular = Titular(navegador, sitio, "titular", CONTRASENA)
    for linea, metas in METAS.items():
        _poner_meta(titular, linea, metas)
    platica, _ = titular.crear_evento(PLATICA, HORA, lineas=("M4", "M5"))
    feria, _ = titular.crear_evento(FERIA, HORA, sede="Mercado", localidad="otra_del_municipio", lineas=("M5", "A8"))
    taller, _ = titular.crear_evento(TALLER, DIA_DEL_PAPEL, sede="El salón", localidad="otra_del_municipio")
    _por_telefono(navegador, sitio)
    _en_papel(titular, taller)
    _anotar(titular, "M2", "curso", cantidad="2", mujeres="2", hombres="1")
    _anotar(titular, "A7", "publicacion", cantidad="3", alcance="1200", tema="tipos")
    for evento in (platica, feria, taller):
        titular.cerrar(evento)
    _cancelar(titular, f"{sitio}/panel/eventos/{elenco.evento_id}")  # el de siempre del elenco: no cuenta

    reloj.hora = FIN_DE_ANIO
    titular = Titular(navegador, sitio, "titular", CONTRASENA)
    _cerrar_el_trimestre(titular)
    _hacer_el_informe(titular)

    base, catalogos = datos / "privada.db", datos / "catalogos"
    cuentas = registros_crudos.contar(registros_crudos.leer(base, 2026, "2026-12-31"), 4, catalogos)
    assert cuentas.lineas["M5"] == ["40", "20", "11", "11", "24", "45.8 %", "Rojo", "7", "3", "1", "11"], "a mano"
    assert cuentas.poblacion[-1] == ["Total", "10", "4", "1", "15"], "a mano"
    _la_pagina(titular.pagina, cuentas)
    _el_pdf(titular, cuentas)
    _el_xlsx(titular, cuentas, tmp_path)
    _un_cambio_por_detras_se_nota(base, catalogos, cuentas, tmp_path)


# --- Lo que se hace ---------------------------------------------------------------------------------------------------


def _poner_meta(titular: Titular, linea: str, metas: dict[str, str]) -> None:
    p = titular.pagina
    p.goto(f"{titular.app}/panel/poa/2026/{linea}/editar")
    for campo, valor in metas.items():
        p.locator(f"[name={campo}]").fill(valor)
    p.get_by_role("button", name="Guardar").click()
    expect(p).to_have_url(f"{titular.app}/panel/poa/2026/{linea}")


def _por_telefono(navegador: Browser, sitio: str) -> None:
    """Sin señal, en dos eventos; al volver se envía todo."""
    contexto = contexto_de_telefono(navegador)
    contexto.clock.set_fixed_time(HORA)
    preparar(contexto.new_page(), sitio)
    pagina = abrir_en_frio_sin_senal(contexto, sitio)
    al_evento(pagina, PLATICA)
    pagina.get_by_role("link", name="Registrar", exact=True).click()
    for sexo, edad, procedencia in POR_TELEFONO:
        expect(pagina.get_by_role("heading", name="¿Usted es…?")).to_be_visible()
        pagina.get_by_role("button", name=sexo, exact=True).click()
        pagina.get_by_role("button", name=edad, exact=True).click()
        pagina.get_by_role("button", name=procedencia).click()
    pagina.get_by_role("link", name="Atrás").click()
    pagina.locator("ul.lista").get_by_role("button", name="Deshacer").first.click()
    expect(pagina.locator(".noticia")).to_contain_text("se deshizo")
    pagina.goto(f"{sitio}/campo/")
    al_evento(pagina, FERIA)
    pagina.get_by_role("link", name="Contar").click()
    for sexo, edad, veces in CON_EL_DEDO:
        celda = pagina.get_by_role("button", name=f"{sexo}, {edad}:")
        for n in range(veces):
            celda.click()
            expect(celda.locator("span").last).to_have_text(str(n + 1))
    contexto.set_offline(False)
    enviar(pagina)
    expect(pagina.locator(".estado")).to_contain_text("Todo enviado")
    contexto.close()


def _en_papel(titular: Titular, evento: str) -> None:
    p = titular.pagina
    p.goto(f"{evento}/papel/lista")
    for nombre, demas in EN_PAPEL:
        p.keyboard.type(nombre)
        p.keyboard.press("Tab")
        p.keyboard.type(demas)
    expect(p.get_by_text(f"Van {len(EN_PAPEL)} personas.")).to_be_visible()
    p.keyboard.press("Control+Enter")
    p.wait_for_url("**/panel/papel/*")


def _anotar(titular: Titular, linea: str, tipo: str, *, tema: str = "", **cantidades: str) -> None:
    p = titular.pagina
    p.goto(f"{titular.app}/panel/actividades/nueva/{linea}?tipo={tipo}")
    for campo, valor in cantidades.items():
        p.locator(f"[name={campo}]").fill(valor)
    if tema:
        p.locator("[name=tema]").select_option(tema)
    p.get_by_role("button", name="Guardar", exact=True).click()
    expect(p.get_by_role("heading", name=f"Actividades de {linea}")).to_be_visible()


def _cancelar(titular: Titular, evento: str) -> None:
    p = titular.pagina
    p.goto(evento)
    p.get_by_text("Cancelar el evento", exact=True).click()
    p.get_by_role("button", name="Sí, cancelar el evento").click()
    expect(p.get_by_text("Cancelado", exact=False).first).to_be_visible()


def _cerrar_el_trimestre(titular: Titular) -> None:
    p = titular.pagina
    p.goto(f"{titular.app}/panel/poa?ejercicio=2026&trimestre=4")
    cuarto = p.locator("ol.trimestres li").last
    cuarto.get_by_role("button", name="Cerrar").click()
    expect(cuarto.locator(".estado")).to_contain_text("Cerrado")


def _hacer_el_informe(titular: Titular) -> None:
    p = titular.pagina
    p.goto(f"{titular.app}/panel/informes/2026/t4")
    p.get_by_label("M5.", exact=False).fill("Llovió el día de la plática.")
    p.get_by_role("button", name="Guardar el informe").click()
    expect(p.get_by_text("Se guardó el informe.")).to_be_visible()


# --- Lo que debe decir ------------------------------------------------------------------------------------------------


def _la_pagina(p: Page, cuentas: registros_crudos.Cuentas) -> None:
    assert de_la_pagina(p.content()) == cuentas.lineas
    textos = p.evaluate(_TEXTOS)
    assert {
        clave: tuple(dichos[:2] + dichos[3:]) if dichos else ("—", "—", "—") for clave, dichos in textos.items()
    } == cuentas.textos
    assert p.locator("table.edades").first.evaluate(_CUADRO) == cuentas.poblacion
    assert sorted(p.locator("table.lugares").evaluate(_CUADRO)) == cuentas.localidades


def _el_pdf(titular: Titular, cuentas: registros_crudos.Cuentas) -> None:
    texto = del_pdf(_bajado(titular, "informe.pdf"))
    for clave, cifras in cuentas.lineas.items():
        assert " ".join(cifras) in texto, clave
    for fila in [*cuentas.poblacion, *cuentas.localidades]:
        assert " ".join(fila) in texto
    for clave, dichos in cuentas.textos.items():
        for dicho in dichos:
            assert dicho in texto, clave


def _el_xlsx(titular: Titular, cuentas: registros_crudos.Cuentas, carpeta: Path) -> None:
    libro = recalculado(carpeta, informe=_bajado(titular, "informe.xlsx"))["informe"]
    assert del_libro(libro, una=True) == cuentas.lineas
    filas = libro["Informe"].iter_rows(min_row=8, values_only=True)
    assert {fila[0]: (fila[15], fila[16], fila[18]) for fila in filas} == cuentas.textos
    assert _columnas(libro, slice(0, 5)) == cuentas.poblacion
    assert sorted(_columnas(libro, slice(6, 9))) == cuentas.localidades


def _columnas(libro: openpyxl.Workbook, cuales: slice) -> list[list[str]]:
    filas = [fila[cuales] for fila in libro["Población"].iter_rows(min_row=4, values_only=True)]
    return [[str(valor) for valor in fila] for fila in filas if fila[0] is not None]


def _bajado(titular: Titular, archivo: str) -> bytes:
    respuesta = titular.contexto.request.get(f"{titular.pagina.url.partition('?')[0]}/{archivo}")
    assert respuesta.status == 200
    return respuesta.body()


def _un_cambio_por_detras_se_nota(
    base: Path, catalogos: Path, cuentas: registros_crudos.Cuentas, carpeta: Path
) -> None:
    """El control: sin tocar nada da lo mismo; con un solo renglón distinto, no."""

    def otra_vez(cambio: str) -> registros_crudos.Cuentas:
        with sqlite3.connect(base) as de, sqlite3.connect(copia) as a:
            de.backup(a)
        with sqlite3.connect(copia) as a:
            assert a.execute(cambio).rowcount == 1 if cambio else True
        return registros_crudos.contar(registros_crudos.leer(copia, 2026, "2026-12-31"), 4, catalogos)

    copia = carpeta / "tocada.db"
    assert otra_vez("") == cuentas
    for que, cambio in SE_NOTA.items():
        assert otra_vez(cambio) != cuentas, que
