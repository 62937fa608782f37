"""Las actividades en el panel: anotarlas, buscarlas, que dos personas no se pisen, y subir una hoja de cálculo."""

import csv
import io
import re

import pytest
from openpyxl import Workbook

from formularios import tabla
from recoleccion.consultas import actividades, trimestres
from tests.elenco import HORA
from tests.recoleccion.vistas.oficina import Oficina, leer

NUEVA = "/panel/actividades/nueva/M6"
SUBIR = "/panel/actividades/importar"
ID = "11111111-1111-4111-8111-111111111111"
ASESORIA = {"tipo": "asesoria_juridica", "fecha": "2026-02-03", "cantidad": "4", "mujeres": "3", "hombres": "1"}
HOJA = (
    "Fecha;Línea;Tipo;Cantidad;Mujeres;Institución;Nombre\n"
    "03/02/2026;M6;Asesoría jurídica;4;3;;Ana\n"
    "04/02/2026;M6;Canalización a otra institución;1;1;DIF municipal;Luz\n"
    "04/02/2026;M6;Canalización a otra institución;1;1;DIF municipal;Eva\n"
)


@pytest.fixture
def titular(app) -> Oficina:
    return Oficina(app, "titular")


@pytest.fixture(autouse=True)
def _aqui_mismo(monkeypatch):
    """Otro proceso por cada libro costaría un tercio de segundo; el de verdad lo corre test_tabla."""
    monkeypatch.setattr(tabla, "leer", tabla.leer_aqui)


def anotadas(base) -> list[tuple]:
    return [(a["fecha"], a["tipo"], a["cantidad"]) for a in reversed(actividades.listar(base))]


def subir(titular: Oficina, contenido: bytes | str = HOJA, nombre: str = "enero.csv", **datos):
    crudo = contenido.encode() if isinstance(contenido, str) else contenido
    return titular.post(SUBIR, archivo=(io.BytesIO(crudo), nombre), **datos)


def vista_previa(titular: Oficina, contenido: bytes | str = HOJA, **datos) -> str:
    respuesta = subir(titular, contenido, **datos)
    assert respuesta.status_code == 303, leer(respuesta)
    return respuesta.headers["Location"]


def aceptar(titular: Oficina, direccion: str, **datos):
    """Manda lo que la página enseña, como quien toca «Anotarlas»."""
    visto = re.search(r'name="visto" value="(\w+)"', titular.get(direccion).text)
    return titular.post(direccion, visto=visto[1] if visto else "", **datos)


def importar(titular: Oficina, contenido: bytes | str = HOJA):
    return aceptar(titular, vista_previa(titular, contenido))


# --- Anotar y buscar ---------------------------------------------------------------------------------------------


def test_anotar_desde_la_linea_y_verla_en_la_lista(titular, base):
    elegir = titular.get("/panel/actividades/nueva").text
    assert 'href="/panel/actividades/nueva/M6?tipo=asesoria_juridica"' in elegir
    assert 'value="2026-11-25"' in titular.get(NUEVA).text
    respuesta = titular.post(NUEVA, id=ID, **ASESORIA)
    assert (respuesta.status_code, respuesta.headers["Location"]) == (303, "/panel/actividades?linea=M6&ejercicio=2026")
    titular.post(NUEVA, id=ID, **ASESORIA)
    assert anotadas(base) == [("2026-02-03", "asesoria_juridica", 4)]
    pagina = titular.texto("/panel/actividades?linea=M6")
    assert "03/02/2026 · M6 Asesoría jurídica 3 mujeres, 1 hombre 4" in pagina
    assert "Lo que suman" in pagina
    bitacora = base.execute("SELECT accion, objeto FROM bitacora ORDER BY id DESC").fetchone()
    assert tuple(bitacora) == ("anotar actividad", "línea M6")


def test_anotar_varias_seguidas_conserva_el_dia_y_el_tipo(titular):
    respuesta = titular.post(NUEVA, id=ID, otra="1", **ASESORIA)
    otra = titular.get(respuesta.headers["Location"]).text
    assert 'value="2026-02-03"' in otra
    assert re.search(r'checked[^>]*value="asesoria_juridica"', otra)
    assert ID not in otra


def test_lo_mal_escrito_vuelve_con_todo_y_su_frase(titular, base):
    malo = titular.post(NUEVA, **ASESORIA | {"cantidad": "-4", "fecha": "31/02/2026"})
    assert malo.status_code == 422
    pagina = leer(malo)
    assert "2 datos por corregir" in pagina
    assert "«-4» es negativo" in pagina
    assert "«31/02/2026» no existe en el calendario" in pagina
    assert 'value="3"' in malo.text
    assert anotadas(base) == []


def test_una_linea_que_no_existe_es_404_y_un_anio_sin_programa_se_dice(titular, base):
    assert titular.get("/panel/actividades/nueva/M9").status_code == 404
    sin_programa = titular.post(NUEVA, **ASESORIA | {"fecha": "2024-02-03"})
    assert sin_programa.status_code == 404
    assert "No está cargado el programa de 2024" in leer(sin_programa)
    assert 'value="2024-02-03"' in sin_programa.text
    assert anotadas(base) == []


def test_los_filtros_y_los_estados_vacios_dicen_que_sigue(titular):
    assert "Todavía no hay actividades. Anote la primera" in titular.texto("/panel/actividades")
    titular.post(NUEVA, id=ID, **ASESORIA)
    assert "1 actividad, la más nueva" in titular.texto(
        "/panel/actividades?trimestre=1&tipo=asesoria_juridica&linea=M6"
    )
    assert "Nada anotado con esos filtros" in titular.texto("/panel/actividades?linea=M6&trimestre=2")
    assert "1 actividad, la más nueva" in titular.texto("/panel/actividades?trimestre=9&ejercicio=x&pagina=-3")


# --- Dos personas, quitar y volver a poner -----------------------------------------------------------------------


def test_la_segunda_persona_ve_la_diferencia_y_no_pierde_lo_suyo(titular, app, base):
    titular.post(NUEVA, id=ID, **ASESORIA)
    primera, segunda = titular, Oficina(app, "titular")
    direccion = f"/panel/actividades/{ID}"
    assert 'name="revision" value="1"' in segunda.get(direccion).text
    assert primera.post(direccion, revision="1", **ASESORIA | {"cantidad": "5"}).status_code == 303

    choque = segunda.post(direccion, revision="1", **ASESORIA | {"cantidad": "6", "hombres": "2"})
    assert choque.status_code == 409
    pagina = leer(choque)
    assert "Otra persona guardó cambios" in pagina
    assert "Cantidad 5 6" in pagina
    assert "Hombres 1 2" in pagina
    assert 'name="revision" value="2"' in choque.text
    assert re.search(r'name="cantidad"[^>]*value="6"', choque.text)
    assert anotadas(base)[0][2] == 5

    assert segunda.post(direccion, revision="2", **ASESORIA | {"cantidad": "6"}).status_code == 303
    assert anotadas(base)[0][2] == 6


def test_quitar_la_saca_de_la_cuenta_y_se_puede_volver_a_poner(titular, base):
    titular.post(NUEVA, id=ID, **ASESORIA)
    assert titular.post(f"/panel/actividades/{ID}/baja", revision="7").status_code == 409
    titular.post(f"/panel/actividades/{ID}/baja", revision="1")
    assert anotadas(base) == []
    assert "que ya no cuentan" in titular.texto("/panel/actividades?quitadas=1")
    quitada = titular.texto(f"/panel/actividades/{ID}")
    assert "se quitó y no cuenta" in quitada
    assert "Guardar" not in quitada
    tarde = titular.post(f"/panel/actividades/{ID}", revision="2", **ASESORIA)
    assert (tarde.status_code, "Otra persona quitó" in leer(tarde)) == (409, True)
    titular.post(f"/panel/actividades/{ID}/regreso")
    assert len(anotadas(base)) == 1
    for parte in ("", "/baja", "/regreso"):
        assert titular.post(f"/panel/actividades/nadie{parte}").status_code == 404


def test_en_un_trimestre_cerrado_se_pide_por_que_y_queda_escrito(titular, base):
    titular.post(NUEVA, id=ID, **ASESORIA)
    trimestres.cerrar(base, 2026, 1, ahora=HORA, quien="titular")
    direccion = f"/panel/actividades/{ID}"
    assert 'name="justificacion"' in titular.get(direccion).text
    sin_razon = titular.post(direccion, revision="1", **ASESORIA | {"cantidad": "5"})
    assert "El primer trimestre de 2026 ya está cerrado" in leer(sin_razon)
    assert re.search(r'name="cantidad"[^>]*value="5"', sin_razon.text)
    titular.post(direccion, revision="1", justificacion="Faltaba una", **ASESORIA | {"cantidad": "5"})
    assert anotadas(base)[0][2] == 5
    nueva = titular.post(NUEVA, **ASESORIA)
    assert 'name="justificacion"' in nueva.text
    titular.post(f"{direccion}/baja", revision="2", justificacion="Repetida")
    assert [c["justificacion"] for c in trimestres.cambios(base, 2026, "M6") if c["linea"]] == [
        "Repetida",
        "Faltaba una",
    ]


# --- Subir una hoja ----------------------------------------------------------------------------------------------


def test_una_historia_en_las_observaciones_no_toca_la_base(titular, base):
    """De una asesoría no se guarda nota, y de un renglón malo tampoco lo que se escribió a mano."""
    hoja = HOJA.replace("Nombre\n", "Observaciones\n").replace("Ana\n", "vino con su hijo\n")
    direccion = vista_previa(titular, hoja + "32/02/2026;M6;Asesoría jurídica;1;;Con Luz;la golpeó su marido\n")
    pagina = titular.texto(direccion)
    assert "No se guarda: Nota. «Asesoría jurídica» no lo lleva" in pagina
    assert "«32/02/2026» no existe" in pagina
    espera = base.execute("SELECT modelo FROM instrumento_borrador WHERE clave LIKE 'actividades:%'").fetchone()[0]
    assert "asesoria_juridica" in espera
    assert not any(texto in espera + pagina for texto in ("hijo", "marido", "Con Luz"))


def test_nada_se_anota_hasta_decir_que_si_y_los_nombres_no_llegan_a_la_base(titular, base):
    direccion = vista_previa(titular)
    pagina = titular.texto(direccion)
    assert "3 por anotar 0 ya estaban 0 por corregir" in pagina
    assert "no se leyeron ni se guardaron: Nombre" in pagina
    assert "Dice lo mismo que la fila 3" in pagina
    assert anotadas(base) == []
    espera = base.execute("SELECT modelo FROM instrumento_borrador WHERE clave LIKE 'actividades:%'").fetchone()[0]
    assert "DIF municipal" in espera
    assert not any(nombre in espera for nombre in ("Ana", "Luz", "Eva"))
    assert aceptar(titular, direccion).headers["Location"] == "/panel/actividades"
    assert [fila[2] for fila in anotadas(base)] == [4, 1, 1]
    assert "ya no espera" in leer(titular.cliente.get(direccion, follow_redirects=True))


def test_subir_el_mismo_archivo_otra_vez_avisa_y_no_duplica(titular, base):
    importar(titular)
    direccion = vista_previa(titular)
    pagina = titular.texto(direccion)
    assert "Este archivo ya se había subido: sus 3 renglones ya están anotados" in pagina
    assert "Anotarlas" not in pagina
    aceptar(titular, direccion)
    assert len(anotadas(base)) == 3


def test_un_archivo_al_que_se_le_agregaron_renglones_solo_anota_los_nuevos(titular, base):
    importar(titular)
    mas = HOJA.replace(";", ",") + "05/02/2026,M6,Asesoría jurídica,2,2,,Sol\n"
    assert "1 por anotar 3 ya estaban" in titular.texto(vista_previa(titular, mas))
    importar(titular, mas)
    assert len(anotadas(base)) == 4


def test_lo_que_ya_se_quito_no_regresa_por_subirlo_otra_vez(titular, base):
    importar(titular)
    id = actividades.listar(base)[0]["id"]
    actividades.quitar(base, id, revision=1, ahora=HORA, quien="titular")
    pagina = titular.texto(vista_previa(titular))
    assert "Ya estaban y se quitaron" in pagina
    assert "0 por anotar 3 ya estaban" in pagina


def test_lo_que_se_baja_se_vuelve_a_subir_sin_duplicar(titular, base):
    titular.post(NUEVA, id=ID, **ASESORIA)
    titular.post("/panel/actividades/nueva/A7", tipo="publicacion", fecha="2026-03-01", cantidad="2", tema="igualdad",
                 alcance="900", nota="=HYPERLINK(1)")  # fmt: skip
    bajada = titular.get("/panel/actividades/hoja.csv")
    assert bajada.mimetype == "text/csv"
    filas = list(csv.reader(io.StringIO(bajada.data.decode("utf-8-sig"))))
    assert filas[0][:4] == ["Id", "Fecha", "Línea", "Tipo"]
    assert filas[1][-1] == "'=HYPERLINK(1)"
    assert filas[2][0] == ID
    assert "0 por anotar 2 ya estaban 0 por corregir" in titular.texto(vista_previa(titular, bajada.data))
    sola = titular.get("/panel/actividades/hoja.csv?linea=A7").data.decode("utf-8-sig")
    assert sola.count("\n") == 2
    plantilla = titular.get("/panel/actividades/plantilla.csv").data
    assert subir(titular, plantilla).status_code == 422


def test_los_renglones_malos_dicen_por_que_y_los_buenos_se_anotan(titular, base):
    malos = HOJA + (
        "31/02/2026;M6;Asesoría jurídica;1;;;\n"
        "05/02/2026;M6;Asesoría jurídica;-1;;;\n"
        "05/02/2026;M6;Asesoría jurídica;=SUMA(D2:D4);;;\n"
        "05/02/2026;M9;Asesoría jurídica;1;;;\n"
        "05/02/2026;M6;Masaje;1;;;\n"
        "05/02/2024;M6;Asesoría jurídica;1;;;\n"
    )
    respuesta = importar(titular, malos)
    assert len(anotadas(base)) == 3
    pagina = titular.texto(respuesta.headers["Location"])
    assert "0 por anotar 3 ya estaban 6 por corregir" in pagina
    for frase in (
        "5 Fecha: «31/02/2026» no existe",
        "«-1» es negativo",
        "«=SUMA(D2:D4)» es una fórmula",
        "«M9» no es una",
        "«Masaje» no está en el catálogo de M6",
        "no está en el programa anual de 2024",
    ):
        assert frase in pagina


def test_un_libro_con_membrete_y_celdas_combinadas(titular, base):
    libro = Workbook()
    hoja = libro.active
    assert hoja is not None
    for fila in (["H. AYUNTAMIENTO", None, None], ["TIPO", "FECHA", "TOTAL"], ["Asesoría jurídica", "3/2/2026", 2],
                 ["Asesoría jurídica", "4/2/2026", 5], ["Asesoría jurídica", None, 1]):  # fmt: skip
        hoja.append(fila)
    hoja.merge_cells("A1:C1")
    hoja.merge_cells("B4:B5")
    salida = io.BytesIO()
    libro.save(salida)
    direccion = vista_previa(titular, salida.getvalue(), nombre="enero.xlsx")
    pagina = titular.texto(direccion)
    assert "Los títulos están en la fila 2" in pagina
    assert "Tiene celdas combinadas (B4:B5)" in pagina
    aceptar(titular, direccion)
    assert anotadas(base) == [("2026-02-03", "asesoria_juridica", 2)]


@pytest.mark.parametrize(
    ("contenido", "frase"),
    [
        (b"%PDF-1.4", "Es un PDF"),
        (b"", "vacío"),
        (b"Fecha,Cosa\n1,2\n", "no se halló la columna «Tipo», «Cantidad»"),
        (b"PK\x03\x04roto", "está dañado"),
    ],
)
def test_un_archivo_que_no_sirve_dice_por_que(titular, contenido, frase):
    respuesta = subir(titular, contenido, "hoja.xlsx")
    assert respuesta.status_code == 422
    assert frase in leer(respuesta)
    assert "No se anotó nada" in leer(respuesta)


def test_sin_archivo_o_demasiado_grande_se_dice(titular, monkeypatch):
    assert "Elija el archivo" in leer(titular.post(SUBIR))
    monkeypatch.setattr(tabla, "BYTES", 100)
    assert subir(titular, "x" * 200).status_code == 413


def test_la_ficha_se_pide_tambien_al_subir(titular):
    assert titular.cliente.post(SUBIR, data={"archivo": (io.BytesIO(b"x"), "a.csv")}).status_code == 400


def test_si_algo_cambio_entre_ver_y_aceptar_se_vuelve_a_ensenar(titular, app, base):
    direccion = vista_previa(titular)
    visto = re.search(r'name="visto" value="(\w+)"', titular.get(direccion).text)
    assert visto is not None
    importar(Oficina(app, "titular"), HOJA.rsplit("\n", 2)[0] + "\n")
    respuesta = titular.post(direccion, visto=visto[1])
    assert respuesta.status_code == 409
    assert "revise otra vez" in leer(respuesta)
    assert len(anotadas(base)) == 2


def test_subir_a_un_trimestre_cerrado_pide_por_que_y_es_todo_o_nada(titular, base):
    trimestres.cerrar(base, 2026, 1, ahora=HORA, quien="titular")
    direccion = vista_previa(titular, HOJA + "06/05/2026;M6;Asesoría jurídica;1;;;\n")
    assert 'name="justificacion"' in titular.get(direccion).text
    assert "No se anotó ninguna" in leer(aceptar(titular, direccion))
    assert anotadas(base) == []
    aceptar(titular, direccion, justificacion="Llegaron tarde")
    assert len(anotadas(base)) == 4


def test_descartar_un_archivo_no_anota_nada(titular, base):
    direccion = vista_previa(titular, linea="M6")
    titular.post(f"{direccion}/descarte")
    assert "ya no espera" in leer(titular.cliente.get(direccion, follow_redirects=True))
    assert titular.post(direccion, visto="x").status_code == 303
    assert anotadas(base) == []


def test_una_parecida_anotada_a_mano_se_senala(titular):
    titular.post(NUEVA, id=ID, **ASESORIA)
    assert "Ese día ya hay 1 actividad anotada de este tipo" in titular.texto(vista_previa(titular))
