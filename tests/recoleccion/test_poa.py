"""El programa anual: sus líneas, sus metas, por qué se mueven, sus trimestres y el año que sigue."""

from datetime import datetime, timedelta

import pytest
from fabrica import EVENTO, HORA
from sqlite_utils.utils import sqlite3

from formularios.catalogos import INICIALES, ErrorCatalogo, leer_lineas_poa
from formularios.indicadores import COLUMNAS, MEDIDAS, sugeridos
from recoleccion.consultas import avance, eventos, poa, trimestres
from recoleccion.errores import ErrorJornada
from recoleccion.instalacion import ZONA_HORARIA

QUIEN = {"ahora": HORA, "quien": "titular"}


def codigo(que, *argumentos, **opciones) -> str:
    with pytest.raises(ErrorJornada) as error:
        que(*argumentos, **opciones)
    return error.value.codigo


def una(base, clave: str, ejercicio: int = 2026) -> dict:
    return poa.leer(base, ejercicio, clave)


def test_las_dieciseis_lineas_vienen_palabra_por_palabra_con_su_indicador_y_sin_ninguna_meta(base):
    lineas = poa.listar(base, 2026)
    del_archivo = leer_lineas_poa(INICIALES, 2026)
    assert [{c: linea[c] for c in ("clave", "tipo", "texto")} for linea in lineas] == del_archivo
    assert len(lineas) == 16
    assert all(linea["indicador"] and linea["unidad"] and linea["medida"] in MEDIDAS for linea in lineas)
    assert {linea[numero] for linea in lineas for numero in poa.NUMEROS} == {None}
    assert {linea.porcentaje(4) for linea in avance.de_ejercicio(base, 2026)} == {None}


def test_lo_que_se_sugiere_no_pisa_lo_que_alguien_puso_ni_lo_que_alguien_quito(base):
    poa.guardar(base, 2026, "M4", {"indicador": "Talleres", "unidad": "talleres", "medida": "eventos"}, **QUIEN)
    poa.guardar(base, 2026, "M5", {"indicador": "", "unidad": "", "medida": None}, **QUIEN)
    base.execute("UPDATE linea_poa SET indicador = NULL, unidad = NULL, medida = NULL WHERE clave = 'A9'")
    poa.sembrar(base, 2026, leer_lineas_poa(INICIALES, 2026), sugeridos(INICIALES))
    assert una(base, "M4")["indicador"] == "Talleres"
    assert una(base, "M5")["indicador"] is None
    assert una(base, "A9")["indicador"].startswith("Informes")


@pytest.mark.parametrize(
    ("texto", "frase"),
    [
        ("clave,indicador\nM4,x\n", "fila 1: la primera fila debe decir"),
        (f"{','.join(COLUMNAS)}\nM4,Talleres,talleres,cosas\n", "fila 2, columna «medida»"),
        (f"{','.join(COLUMNAS)}\nM4,Talleres,,eventos\n", "fila 2: llene las cuatro columnas"),
        (f"{','.join(COLUMNAS)}\nM4,Uno, dos,talleres,eventos\n", "fila 2: llene las cuatro columnas"),
    ],
)
def test_un_archivo_de_indicadores_malo_dice_que_corregir(tmp_path, texto, frase):
    (tmp_path / "indicadores.csv").write_text(texto, encoding="utf-8")
    with pytest.raises(ErrorCatalogo, match=r"indicadores\.csv") as error:
        sugeridos(tmp_path)
    assert frase in str(error.value)


def test_definir_una_meta_no_pide_razon_y_moverla_si(base):
    assert poa.guardar(base, 2026, "M4", {"meta_anual": 24.0, "t1": 6.0, "responsable": "Titular"}, **QUIEN) == [
        "meta anual", "programado del primer trimestre", "responsable",
    ]  # fmt: skip
    assert codigo(poa.guardar, base, 2026, "M4", {"meta_anual": 30.0}, **QUIEN) == "falta_justificacion"
    assert (
        codigo(poa.guardar, base, 2026, "M4", {"meta_anual": None}, justificacion=" ", **QUIEN) == "falta_justificacion"
    )
    assert codigo(poa.guardar, base, 2026, "M4", {"medida": "asistencias"}, **QUIEN) == "falta_justificacion"
    assert una(base, "M4")["meta_anual"] == 24
    poa.guardar(base, 2026, "M4", {"meta_anual": 30.0}, justificacion="Se sumó una escuela", **QUIEN)
    poa.guardar(base, 2026, "M4", {"responsable": "Psicóloga"}, **QUIEN)
    assert una(base, "M4")["meta_anual"] == 30
    primera = {"linea": "M4", "que": "meta anual", "antes": None, "despues": "24", "justificacion": poa.PRIMERA_VEZ}
    movida = {
        "que": "meta anual",
        "antes": "24",
        "despues": "30",
        "justificacion": "Se sumó una escuela",
        "quien": "titular",
    }
    memoria = trimestres.cambios(base, 2026, "M4")
    assert len(memoria) == 5
    assert [c["justificacion"] for c in memoria if c["antes"] == "Titular"] == [poa.SIN_RAZON]
    assert any(primera.items() <= cambio.items() for cambio in memoria)
    assert any(movida.items() <= cambio.items() for cambio in memoria)
    assert trimestres.cambios(base, 2026, "A1") == []


def test_cambiar_lo_que_dice_una_linea_pide_razon_y_guarda_lo_que_decia(base):
    decia = una(base, "M4")["texto"]
    assert codigo(poa.guardar, base, 2026, "M4", {"texto": "Otra cosa"}, **QUIEN) == "falta_justificacion"
    poa.guardar(base, 2026, "M4", {"texto": "Otra cosa"}, justificacion="Así lo aprobó el cabildo", **QUIEN)
    cambio = trimestres.cambios(base, 2026, "M4")[0]
    assert (cambio["que"], cambio["antes"], cambio["despues"]) == ("lo que dice la línea", decia, "Otra cosa")


def test_una_linea_nueva_va_despues_de_las_de_su_tipo_y_se_quita_si_nadie_la_usa(base, azar):
    nueva = {"clave": "M7", "tipo": "meta", "texto": "Abrir una ludoteca."}
    poa.agregar(base, 2026, nueva, justificacion="Cabildo", **QUIEN)
    claves = [linea["clave"] for linea in poa.listar(base, 2026)]
    assert claves[5:8] == ["M6", "M7", "A1"]
    assert codigo(poa.agregar, base, 2026, nueva, justificacion="x", **QUIEN) == "linea_repetida"
    assert codigo(poa.agregar, base, 2026, nueva | {"clave": "M8"}, justificacion=" ", **QUIEN) == "falta_justificacion"
    id = eventos.crear(base, EVENTO | {"lineas": ["M7"]}, HORA, azar)
    assert not poa.se_puede_quitar(base, 2026, "M7")
    assert codigo(poa.quitar, base, 2026, "M7", justificacion="x", **QUIEN) == "linea_en_uso"
    eventos.actualizar(base, id, {"lineas": ["M4"]})
    assert codigo(poa.quitar, base, 2026, "M7", justificacion="", **QUIEN) == "falta_justificacion"
    poa.quitar(base, 2026, "M7", justificacion="Se repetía con M3", **QUIEN)
    assert [linea["clave"] for linea in poa.listar(base, 2026)] == [c for c in claves if c != "M7"]
    cambio = trimestres.cambios(base, 2026)[0]
    assert (cambio["antes"], cambio["despues"], cambio["justificacion"]) == (
        "Abrir una ludoteca.",
        None,
        "Se repetía con M3",
    )


def test_lo_que_no_cambia_no_se_anota_ni_pide_razon(base):
    poa.guardar(base, 2026, "M4", {"meta_anual": 24.0}, **QUIEN)
    assert poa.guardar(base, 2026, "M4", {"meta_anual": 24.0, "t1": None, "responsable": ""}, **QUIEN) == []
    assert len(trimestres.cambios(base, 2026)) == 1


def test_dos_personas_que_cambian_la_misma_linea_no_se_pisan(base):
    visto = poa.huella(una(base, "M4"))
    poa.guardar(base, 2026, "M4", {"meta_anual": 24.0}, visto=visto, **QUIEN)
    assert codigo(poa.guardar, base, 2026, "M4", {"meta_anual": 99.0}, visto=visto, **QUIEN) == "cambio_de_otra_persona"
    assert una(base, "M4")["meta_anual"] == 24


def test_los_cambios_no_se_cambian_ni_se_borran(base):
    poa.guardar(base, 2026, "M4", {"meta_anual": 24.0}, **QUIEN)
    for orden in ("UPDATE poa_cambio SET justificacion = 'otra'", "DELETE FROM poa_cambio"):
        with pytest.raises(sqlite3.IntegrityError, match="los cambios del programa"):
            base.execute(orden)


def test_los_trimestres_terminan_en_marzo_junio_septiembre_y_diciembre():
    orillas = (
        "2026-01-01",
        "2026-03-31",
        "2026-04-01",
        "2026-06-30",
        "2026-07-01",
        "2026-09-30",
        "2026-10-01",
        "2026-12-31",
    )
    assert [trimestres.de_fecha(dia) for dia in orillas] == [(2026, n) for n in (1, 1, 2, 2, 3, 3, 4, 4)]
    for n in (1, 2, 3, 4):
        assert {trimestres.de_fecha(dia) for dia in trimestres.limites(2026, n)} == {(2026, n)}
    assert codigo(trimestres.limites, 2026, 5) == "trimestre_no_existe"


def test_un_trimestre_se_cierra_cuando_ya_termino_y_se_abre_diciendo_por_que(base):
    ultimo = datetime(2026, 9, 30, 23, 59, tzinfo=ZONA_HORARIA)
    assert codigo(trimestres.cerrar, base, 2026, 3, ahora=ultimo, quien="t") == "trimestre_sin_terminar"
    trimestres.cerrar(base, 2026, 3, ahora=ultimo + timedelta(minutes=1), quien="titular")
    trimestres.cerrar(base, 2026, 3, ahora=HORA, quien="otra")
    assert trimestres.cerrados(base, 2026) == {3: {"cerrado_en": "2026-10-01T00:00:00-06:00", "por": "titular"}}
    assert trimestres.cerrado(base, 2026, 3)
    assert not trimestres.cerrado(base, 2025, 3)
    assert codigo(trimestres.reabrir, base, 2026, 3, justificacion=" ", **QUIEN) == "falta_justificacion"
    trimestres.reabrir(base, 2026, 3, justificacion="Faltó una lista", **QUIEN)
    trimestres.reabrir(base, 2026, 3, justificacion="Otra vez", **QUIEN)
    assert not trimestres.cerrado(base, 2026, 3)
    assert [c["justificacion"] for c in trimestres.cambios(base, 2026)] == ["Faltó una lista", "Se cerró el trimestre."]


def test_tocar_algo_de_un_trimestre_cerrado_pide_decir_por_que(base):
    trimestres.cerrar(base, 2026, 2, **QUIEN)
    libres = ["2026-03-31", "2026-07-01", "2025-05-05", "", "no es fecha", None]
    trimestres.exigir_justificacion(base, libres, None)
    assert codigo(trimestres.exigir_justificacion, base, [*libres, "2026-04-01"], "  ") == "trimestre_cerrado"
    trimestres.exigir_justificacion(base, ["2026-04-01"], "La hoja llegó tarde")
    assert codigo(poa.guardar, base, 2026, "M4", {"meta_anual": 5.0}, **QUIEN) == "falta_justificacion"
    assert poa.guardar(base, 2026, "M4", {"responsable": "Titular"}, **QUIEN) == ["responsable"]
    poa.guardar(base, 2026, "M4", {"meta_anual": 5.0}, justificacion="La pidió tesorería", **QUIEN)


def test_copiar_al_ejercicio_que_sigue_lleva_las_lineas_y_las_metas_solo_si_se_pide(base):
    poa.guardar(base, 2026, "M4", {"meta_anual": 24.0, "t1": 6.0, "linea_base": 3.0, "responsable": "Ana"}, **QUIEN)
    assert poa.copiar(base, 2026, 2027, con_metas=False, **QUIEN) == 16
    assert [linea["clave"] for linea in poa.listar(base, 2027)] == [linea["clave"] for linea in poa.listar(base, 2026)]
    nueva = una(base, "M4", 2027)
    assert (nueva["texto"], nueva["medida"], nueva["responsable"]) == (una(base, "M4")["texto"], "eventos", "Ana")
    assert {nueva[numero] for numero in poa.NUMEROS} == {None}
    poa.copiar(base, 2026, 2028, con_metas=True, **QUIEN)
    assert (una(base, "M4", 2028)["meta_anual"], una(base, "M4", 2028)["t1"], una(base, "M4", 2028)["linea_base"]) == (
        24,
        6,
        None,
    )
    assert codigo(poa.copiar, base, 2026, 2027, con_metas=True, **QUIEN) == "ejercicio_ya_existe"
    assert codigo(poa.copiar, base, 1999, 2030, con_metas=True, **QUIEN) == "ejercicio_no_existe"
    assert trimestres.cambios(base, 2027)[0]["justificacion"] == "Se copió de 2026 sin metas."


def test_lo_que_ya_habia_del_anio_nuevo_pasa_a_su_programa(base, azar):
    """Un evento de enero creado en noviembre cuelga de las líneas de 2026 hasta que las de 2027 existen."""
    de_enero = eventos.crear(base, EVENTO | {"fecha": "2027-01-15"}, HORA, azar)
    de_noviembre = eventos.crear(base, EVENTO, HORA, azar)
    base.execute(
        "INSERT INTO actividad (id, ejercicio, linea, tipo, fecha, cantidad, creada_en, creada_por)"
        " VALUES ('a', 2026, 'M2', 'curso', '2027-02-01', 3, 'x', 'titular')"
    )
    poa.copiar(base, 2026, 2027, con_metas=False, **QUIEN)
    en_que = "SELECT DISTINCT ejercicio FROM evento_linea WHERE evento_id = ?"
    assert base.execute(en_que, [de_enero]).fetchall()[0][0] == 2027
    assert base.execute(en_que, [de_noviembre]).fetchall()[0][0] == 2026
    del_nuevo = {linea.clave: linea for linea in avance.de_ejercicio(base, 2027)}
    assert (del_nuevo["M4"].eventos[0], del_nuevo["A8"].eventos[0], del_nuevo["M2"].realizado[0]) == (1, 1, 3)
