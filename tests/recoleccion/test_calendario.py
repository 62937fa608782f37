"""El calendario puro: efemérides de un año y el texto iCalendar, leído por otro programa."""

from datetime import UTC, date, datetime
from types import MappingProxyType

import icalendar
from hypothesis import given
from hypothesis import strategies as st

from formularios.catalogos import INICIALES, Opcion, cargar
from recoleccion import calendario
from recoleccion.instalacion import ZONA_HORARIA

EVENTO = {
    "id": "0b9c4d1e-0000-4000-8000-000000000001",
    "titulo": "Plática: salud; pasos, y «otros»\\más",
    "sede": "Casa de la Cultura\nsalón 2",
    "fecha": "2026-11-25",
    "hora_inicio": "17:00",
    "hora_fin": "19:00",
    "estado": "programado",
    "creado_en": "2026-11-01T09:00:00-06:00",
    "revision": 3,
}


def opcion(clave: str, etiqueta: str, mes: str, dia: str, **extra: str) -> Opcion:
    return Opcion(clave, etiqueta, MappingProxyType({"mes": mes, "dia": dia, **extra}))


def leido(*eventos: dict) -> list:
    texto = calendario.icalendar(eventos, nombre="CE-MUJER, oficina", zona=ZONA_HORARIA)
    return list(icalendar.Calendar.from_ical(texto).walk("VEVENT"))


def test_las_efemerides_del_catalogo_caen_en_su_dia():
    del_anio = calendario.efemerides(cargar(INICIALES).efemeride, 2026)
    assert [(e.clave, e.desde) for e in del_anio if not e.cada_mes] == [
        ("8m", date(2026, 3, 8)),
        ("28may", date(2026, 5, 28)),
        ("11oct", date(2026, 10, 11)),
        ("15oct", date(2026, 10, 15)),
        ("17oct", date(2026, 10, 17)),
        ("19oct", date(2026, 10, 19)),
        ("25n", date(2026, 11, 25)),
        ("16dias", date(2026, 11, 25)),
    ]
    cada_mes = [e.desde for e in del_anio if e.cada_mes]
    assert cada_mes == [date(2026, mes, 25) for mes in (*range(1, 11), 12)], "el 25 de noviembre ya es otra"


def test_la_que_dura_marca_todos_sus_dias():
    del_anio = calendario.efemerides(cargar(INICIALES).efemeride, 2026)
    dias = calendario.dias_de_rango(del_anio)
    assert len(dias) == 16
    assert (min(dias), max(dias)) == (date(2026, 11, 25), date(2026, 12, 10))


def test_la_que_cruza_el_anio_sale_en_los_dos():
    posada = opcion("posada", "Posadas", "12", "30", hasta_mes="1", hasta_dia="2")
    for anio in (2026, 2027):
        rangos = {(e.desde, e.hasta) for e in calendario.efemerides([posada], anio)}
        assert (date(2026, 12, 30), date(2027, 1, 2)) in rangos


def test_un_dia_que_el_anio_no_tiene_no_sale():
    bisiesto, treinta_y_uno = opcion("b", "Bisiesto", "2", "29"), opcion("f", "Fin de mes", "", "31")
    assert calendario.efemerides([bisiesto], 2026) == []
    assert [e.desde for e in calendario.efemerides([bisiesto], 2028)] == [date(2028, 2, 29)]
    assert len(calendario.efemerides([treinta_y_uno], 2026)) == 7


def test_la_etiqueta_corta_no_repite_la_fecha():
    por_clave = {e.clave: e.corta for e in calendario.efemerides(cargar(INICIALES).efemeride, 2026)}
    assert por_clave["8m"] == "Día Internacional de la Mujer"
    assert por_clave["16dias"] == "16 días de activismo"
    assert por_clave["dia25"] == "Día 25 de cada mes"


def test_las_semanas_empiezan_en_lunes_y_vienen_completas():
    semanas = calendario.semanas(2026, 11)
    assert semanas[0][0] == date(2026, 10, 26)
    assert all(semana[0].weekday() == 0 and len(semana) == 7 for semana in semanas)
    assert (calendario.mes_anterior(2026, 1), calendario.mes_siguiente(2026, 12)) == ((2025, 12), (2027, 1))


def test_un_mes_mal_escrito_no_es_un_mes():
    assert calendario.leer_mes("2026-11") == (2026, 11)
    for malo in ("", "2026-13", "2026-00", "1999-12", "2101-01", "2026-1", "٢٠٢٦-11", "2026-11-01"):
        assert calendario.leer_mes(malo) is None, malo


def test_otro_programa_lee_el_titulo_el_lugar_y_la_hora():
    (evento,) = leido(EVENTO)
    assert str(evento["SUMMARY"]) == EVENTO["titulo"]
    assert str(evento["LOCATION"]) == EVENTO["sede"]
    assert evento["DTSTART"].dt == datetime(2026, 11, 25, 23, 0, tzinfo=UTC)
    assert evento["DTEND"].dt == datetime(2026, 11, 26, 1, 0, tzinfo=UTC)
    assert evento["DTSTAMP"].dt == datetime(2026, 11, 1, 15, 0, tzinfo=UTC)
    assert (str(evento["UID"]), evento["SEQUENCE"]) == (f"{EVENTO['id']}@jornada", 2)
    assert str(evento["STATUS"]) == "CONFIRMED"
    assert evento.errors == []


def test_el_que_acaba_al_otro_dia_y_el_cancelado():
    noche, cancelado = leido(EVENTO | {"hora_inicio": "22:00", "hora_fin": "01:00"}, EVENTO | {"estado": "cancelado"})
    assert (noche["DTEND"].dt - noche["DTSTART"].dt).total_seconds() == 3 * 3600
    assert str(cancelado["STATUS"]) == "CANCELLED"


def test_solo_dice_lo_que_un_calendario_necesita():
    texto = calendario.icalendar([EVENTO | {"facilitadora": "Rosa Ana"}], nombre="Oficina", zona=ZONA_HORARIA)
    propiedades = {renglon.partition(":")[0].partition(";")[0] for renglon in texto.split("\r\n") if renglon[:1] != " "}
    assert propiedades == {
        "BEGIN", "END", "VERSION", "PRODID", "CALSCALE", "X-WR-CALNAME", "NAME", "REFRESH-INTERVAL", "X-PUBLISHED-TTL",
        "UID", "DTSTAMP", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "LOCATION", "STATUS", "",
    }  # fmt: skip
    assert "Rosa" not in texto


@given(st.text(min_size=1, max_size=200))
def test_cualquier_titulo_va_y_viene(titulo: str):
    """Renglones de 75 bytes a lo más y ninguno inventado, escriban lo que escriban."""
    texto = calendario.icalendar([EVENTO | {"titulo": titulo}], nombre="Oficina", zona=ZONA_HORARIA)
    assert all(len(renglon.encode()) <= 75 for renglon in texto.split("\r\n"))
    eventos = icalendar.Calendar.from_ical(texto).walk("VEVENT")
    assert len(eventos) == 1
    limpio = calendario._CONTROL.sub("", titulo.replace("\r\n", "\n").replace("\r", "\n"))
    assert str(eventos[0]["SUMMARY"]) == limpio
