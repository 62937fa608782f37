"""Los nombres se guardan hasta el 31 de diciembre del año que sigue, y entonces se borran de veras."""

from datetime import date

import pytest

from recoleccion.consultas import eventos, evidencias, retencion, tablero
from recoleccion.errores import ErrorJornada
from tests.elenco import HORA, evento_de_prueba
from tests.recoleccion.vistas.oficina import Oficina

HOY = date(2026, 11, 25)
SENA = "Zzyzx Quintanilla"


@pytest.fixture
def con_nombres(base, azar) -> dict[str, str]:
    """Un evento de cada año, con una persona que dio su nombre y otra que no."""
    ids = {}
    for anio in ("2024", "2025", "2026"):
        ids[anio] = eventos.crear(base, evento_de_prueba(fecha=f"{anio}-12-31", encuestas=[]), HORA, azar)
        for n in (1, 2):
            base["asistencia"].insert(
                {"id": f"{anio}-{n}", "evento_id": ids[anio], "modo": "telefono", "sexo": "M", "edad": "30-44",
                 "procedencia": "nd", "personas": 1, "aviso_version": 1, "recibido_en": HORA.isoformat()}
            )  # fmt: skip
        base["identidad"].insert({"asistencia_id": f"{anio}-1", "nombre": f"{SENA} {anio}", "sobre": SENA.encode()})
    return ids


def test_vencen_al_terminar_el_anio_que_sigue(base, con_nombres):
    assert retencion.vencidos(base, date(2025, 12, 31)) == []
    assert retencion.vencidos(base, date(2026, 1, 1)) == [2024]
    assert retencion.vencidos(base, date(2027, 1, 1)) == [2024, 2025]
    assert retencion.por_anio(base) == {2024: 1, 2025: 1, 2026: 1}


def test_borrar_quita_los_nombres_del_archivo_y_deja_las_cuentas(base, datos, con_nombres):
    antes = tablero.gente(base, "2024-01-01", "2024-12-31")
    assert retencion.borrar(base, 2024, HOY) == 1
    retencion.rematar(base, datos / "evidencias")
    assert retencion.por_anio(base) == {2025: 1, 2026: 1}
    assert tablero.gente(base, "2024-01-01", "2024-12-31") == antes
    archivo = (datos / "privada.db").read_bytes() + (datos / "privada.db-wal").read_bytes()
    assert f"{SENA} 2024".encode() not in archivo
    assert f"{SENA} 2025".encode() in archivo, "la búsqueda encuentra los que siguen"


def test_lo_descartado_y_las_hojas_a_medias_se_vacian_con_los_nombres(base, con_nombres):
    for anio, resuelta in (("2024", "2024-12-31"), ("2024", None), ("2026", "2026-11-25")):
        base["cuarentena"].insert(
            {"id": f"{anio}{resuelta}", "registro_id": f"{anio}{resuelta}", "huella": "h", "bytes": SENA.encode(),
             "codigo": "evento_no_existe", "recibido_el": f"{anio}-06-01", "resuelta_en": resuelta}
        )  # fmt: skip
    for anio in ("2024", "2026"):
        base["hoja_borrador"].insert(
            {"id": anio, "evento_id": con_nombres[anio], "origen": "papel", "renglones": "[]", "pagina": "{}",
             "guardado_en": HORA.isoformat(), "guardado_por": "titular"}
        )  # fmt: skip
    retencion.borrar(base, 2024, HOY)
    vacias = {f["id"]: len(f["bytes"]) == 0 for f in base.execute("SELECT id, bytes FROM cuarentena")}
    assert vacias == {"20242024-12-31": True, "2024None": False, "20262026-11-25": False}
    assert [f["id"] for f in base.execute("SELECT id FROM hoja_borrador")] == ["2026"]


@pytest.mark.parametrize("anio", [2025, 2026, 2030])
def test_lo_que_no_ha_vencido_no_se_borra(base, con_nombres, anio):
    with pytest.raises(ErrorJornada) as error:
        retencion.borrar(base, anio, HOY)
    assert error.value.codigo == "nombres_sin_vencer"
    assert retencion.por_anio(base) == {2024: 1, 2025: 1, 2026: 1}


def test_en_el_panel_se_confirma_escribiendo_el_anio_y_queda_constancia(app, base, elenco, con_nombres):
    titular = Oficina(app, "titular")
    assert "Ya venció" in titular.texto("/panel/nombres")
    mal = titular.post("/panel/nombres", anio="2024", escrito="sí")
    assert mal.status_code == 422
    assert "No se borró nada" in mal.text
    assert retencion.por_anio(base)[2024] == 1
    assert titular.post("/panel/nombres", anio="2025", escrito="2025").status_code == 409
    assert titular.post("/panel/nombres", anio="2024", escrito="2024").status_code == 303
    assert 2024 not in retencion.por_anio(base)
    (constancia,) = base.execute("SELECT accion, objeto, detalle FROM bitacora WHERE accion LIKE 'borrar%'").fetchall()
    assert tuple(constancia) == ("borrar nombres", "programa 2024", "1 registro")
    assert "Toca borrar" not in titular.texto("/panel/")


def test_las_fotos_de_las_listas_se_van_con_los_nombres_y_las_demas_se_quedan(app, base, datos, azar, con_nombres):
    carpeta, como = datos / "evidencias", {"ahora": HORA, "quien": "titular", "azar": azar, "pie": SENA}
    ids = {
        (anio, clase): evidencias.guardar(base, carpeta, b"foto", evento_id=con_nombres[anio], clase=clase, **como)
        for anio in ("2024", "2025")
        for clase in ("hoja", "documento")
    }
    base.execute("DELETE FROM identidad WHERE asistencia_id = '2024-1'")  # aunque ya no haya nombres de ese año
    assert retencion.vencidos(base, HOY) == [2024]
    titular = Oficina(app, "titular")
    assert "0 registros con nombre o teléfono y 1 foto de lista" in titular.texto("/panel/nombres")
    assert titular.post("/panel/nombres", anio="2024", escrito="2024").status_code == 303
    quedan = {(anio, clase) for (anio, clase), id in ids.items() if evidencias.ruta(carpeta, id).exists()}
    assert quedan == set(ids) - {("2024", "hoja")}
    assert base.execute("SELECT pie FROM evidencia WHERE id = ?", [ids["2024", "hoja"]]).fetchone()["pie"] is None
    assert retencion.vencidos(base, HOY) == []


def test_la_foto_de_la_lista_de_una_actividad_tambien_vence_aunque_ese_ano_no_haya_eventos(base, datos, azar, elenco):
    carpeta, como = datos / "evidencias", {"ahora": HORA, "quien": "titular", "azar": azar, "pie": SENA}
    base["linea_poa"].insert({"ejercicio": 2024, "clave": "M5", "orden": 1, "tipo": "meta", "texto": "Capacitar"})
    base["actividad"].insert(
        {"id": "a1", "ejercicio": 2024, "linea": "M5", "tipo": "curso", "fecha": "2024-12-31", "cantidad": 1,
         "creada_en": HORA.isoformat(), "creada_por": "titular"}
    )  # fmt: skip
    ids = {c: evidencias.guardar(base, carpeta, b"foto", actividad_id="a1", clase=c, **como) for c in ("hoja", "foto")}
    assert retencion.vencidos(base, date(2025, 12, 31)) == []
    assert retencion.vencidos(base, HOY) == [2024]
    assert retencion.hojas_por_anio(base) == {2024: 1}
    retencion.borrar(base, 2024, HOY)
    retencion.rematar(base, carpeta)
    assert {c: evidencias.ruta(carpeta, id).exists() for c, id in ids.items()} == {"hoja": False, "foto": True}
    assert retencion.vencidos(base, HOY) == []


def test_sin_nombres_se_dice(app, elenco):
    assert "No hay nombres ni teléfonos guardados" in Oficina(app, "titular").texto("/panel/nombres")
