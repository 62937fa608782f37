"""Los lotes de publicación: cuándo se cierran, qué llevan y cómo siguen después de un corte."""

from datetime import date

import pytest
from click.testing import CliRunner
from fabrica import EVENTO, HORA, Fabrica, contar

from recoleccion.cli import principal
from recoleccion.consultas import credenciales, eventos, publicar
from recoleccion.errores import ErrorJornada

EDADES = ("18-29", "30-44", "45-59", "60+")
HOY = date(2026, 11, 25)


@pytest.fixture
def cerrado(base, azar, sello):
    """Hace un evento cerrado con tantas personas, repartidas en sexos y edades."""

    def hacer(fecha: str, personas: int) -> Fabrica:
        fabrica = Fabrica(sello, eventos.crear(base, EVENTO | {"fecha": fecha}, HORA, azar), azar.getrandbits(32))
        fabrica.mandar(base, *[fabrica.conteo(sexo="MH"[n % 2], edad=EDADES[n % 4]) for n in range(personas)])
        eventos.cerrar(base, fabrica.evento_id, HORA, sello, azar)
        return fabrica

    return hacer


def nombres(base, hoy: date = HOY, adelantar: bool = False) -> list[str]:
    return [lote["lote"] for lote in publicar.lotes_por_cerrar(base, hoy, adelantar)]


def cerrar_todo(base, hoy: date = HOY, adelantar: bool = False) -> list[str]:
    cerrados = []
    for lote in publicar.lotes_por_cerrar(base, hoy, adelantar):
        publicar.asignar(base, **lote)
        publicar.asentar(base, lote["lote"], [("lote", "n", "1")], "{}", hoy)
        cerrados.append(lote["lote"])
    return cerrados


def personas_por_lote(base) -> dict[str | None, int]:
    return dict(tuple(f) for f in base.execute("SELECT lote, sum(personas) FROM asistencia GROUP BY lote"))


def test_sin_eventos_cerrados_no_hay_lotes(base, fabrica):
    fabrica.mandar(base, *[fabrica.conteo() for _ in range(90)])
    assert nombres(base, date(2027, 6, 1), adelantar=True) == []


def test_un_mes_grande_es_un_lote_y_lo_que_queda_del_trimestre_tambien_si_alcanza(base, cerrado):
    for dia in ("05", "12", "19"):
        cerrado(f"2026-07-{dia}", 64)
    for dia in ("2026-08-10", "2026-08-20", "2026-09-10"):
        cerrado(dia, 64)
    assert publicar.lotes_por_cerrar(base, date(2026, 8, 1)) == [
        {"lote": "2026-07", "desde": "2026-07-01", "hasta": "2026-07-31"}
    ]
    assert nombres(base, date(2026, 7, 31)) == []
    assert publicar.lotes_por_cerrar(base, date(2026, 10, 1)) == [
        {"lote": "2026-07", "desde": "2026-07-01", "hasta": "2026-07-31"},
        {"lote": "2026-T3", "desde": "2026-08-01", "hasta": "2026-09-30"},
    ]


def test_lo_que_queda_de_un_trimestre_y_no_alcanza_se_va_con_lo_que_sigue(base, cerrado):
    """Un evento de agosto solo, publicado aparte, sería un lote de un evento."""
    for dia in ("05", "12", "19"):
        cerrado(f"2026-07-{dia}", 64)
    cerrado("2026-08-10", 40)
    assert nombres(base, date(2026, 10, 1)) == ["2026-07"]
    assert cerrar_todo(base, date(2026, 10, 1)) == ["2026-07"]
    assert publicar.lotes_por_cerrar(base, date(2027, 1, 1)) == [
        {"lote": "2026-T4", "desde": "2026-08-01", "hasta": "2026-12-31"}
    ]
    for dia in ("05", "12", "19"):
        cerrado(f"2026-10-{dia}", 64)
    assert publicar.lotes_por_cerrar(base, date(2026, 11, 1)) == [
        {"lote": "2026-10", "desde": "2026-08-01", "hasta": "2026-10-31"}
    ]
    cerrar_todo(base, date(2026, 11, 1))
    assert personas_por_lote(base) == {"2026-07": 3 * 64, "2026-10": 40 + 3 * 64}


def test_el_mes_que_no_alcanzo_se_va_con_el_siguiente_y_no_quedan_huecos(base, cerrado):
    cerrado("2026-07-10", 12)
    for dia in ("05", "12", "19"):
        cerrado(f"2026-08-{dia}", 64)
    cerrado("2026-12-02", 20)
    lotes = publicar.lotes_por_cerrar(base, date(2027, 1, 1))
    assert lotes == [
        {"lote": "2026-08", "desde": "2026-07-01", "hasta": "2026-08-31"},
        {"lote": "2026-T4", "desde": "2026-09-01", "hasta": "2026-12-31"},
    ]
    cerrar_todo(base, date(2027, 1, 1))
    assert personas_por_lote(base) == {"2026-08": 12 + 3 * 64, "2026-T4": 20}


def test_un_trimestre_sin_eventos_no_da_lote_y_lo_de_despues_lo_cubre(base, cerrado):
    cerrado("2026-01-10", 20)
    cerrado("2026-08-10", 20)
    assert publicar.lotes_por_cerrar(base, HOY) == [
        {"lote": "2026-T1", "desde": "2026-01-01", "hasta": "2026-03-31"},
        {"lote": "2026-T3", "desde": "2026-04-01", "hasta": "2026-09-30"},
    ]


@pytest.mark.parametrize(("eventos_del_mes", "personas"), [(2, 70), (3, 59)])
def test_un_mes_con_pocos_eventos_o_pocas_personas_espera(base, cerrado, eventos_del_mes, personas):
    for dia in range(eventos_del_mes):
        cerrado(f"2026-07-{dia + 1:02}", personas)
    assert nombres(base, date(2026, 9, 1)) == []
    assert nombres(base, date(2026, 10, 1)) == ["2026-T3"]


def test_las_personas_distintas_son_una_cota_que_no_suma_a_la_misma_dos_veces(base, cerrado, azar):
    for dia in ("05", "12", "19"):
        cerrado(f"2026-07-{dia}", 40)
    julio = (date(2026, 7, 1), date(2026, 7, 31))
    assert publicar.personas_distintas(base, *julio) == 40  # pudieron ser las mismas tres veces
    fabrica = cerrado("2026-07-20", 0)
    tarjetas = [token for _, token in credenciales.imprimir(base, 55, HORA, azar)]
    fabrica.mandar(
        base, *[fabrica.asistencia(modo="credencial", credencial=t, sexo="N", edad="nd") for t in tarjetas * 2]
    )
    assert publicar.personas_distintas(base, *julio) == 55


def test_lo_asignado_no_cambia_de_lote_y_lo_tarde_va_al_siguiente(base, cerrado):
    julio = cerrado("2026-07-05", 30)
    cerrado("2026-10-05", 20)
    assert cerrar_todo(base, date(2026, 10, 1)) == ["2026-T3"]
    julio.mandar(base, *[julio.conteo() for _ in range(3)])
    assert nombres(base, date(2026, 12, 1)) == []  # tres tardías no hacen un lote de tres
    assert cerrar_todo(base, date(2027, 1, 1)) == ["2026-T4"]
    assert personas_por_lote(base) == {"2026-T3": 30, "2026-T4": 23}


def test_lo_tarde_de_un_trimestre_publicado_no_abre_otro_lote_de_ese_trimestre(base, cerrado):
    julio = cerrado("2026-07-05", 30)
    assert cerrar_todo(base, date(2026, 10, 1)) == ["2026-T3"]
    julio.mandar(base, julio.conteo())
    assert nombres(base, date(2026, 12, 31)) == []
    assert nombres(base, date(2027, 1, 1)) == ["2026-T4"]


def test_adelantar_cierra_lo_que_va_del_trimestre_y_el_resto_lleva_otra_letra(base, cerrado):
    for dia in ("05", "12", "19"):
        cerrado(f"2026-10-{dia}", 64)
    publicar.asignar(base, "2026-10", "2026-10-01", "2026-10-20")
    publicar.asentar(base, "2026-10", [], "{}", date(2026, 11, 1))
    for dia in ("05", "12", "19"):
        cerrado(f"2026-11-{dia}", 64)
    assert publicar.lotes_por_cerrar(base, HOY, True) == [
        {"lote": "2026-T4", "desde": "2026-10-21", "hasta": "2026-11-25"}
    ]
    assert cerrar_todo(base, adelantar=True) == ["2026-T4"]
    assert nombres(base, adelantar=True) == []
    for dia in ("2026-11-28", "2026-12-05", "2026-12-12"):
        cerrado(dia, 64)
    assert nombres(base) == []
    assert nombres(base, date(2026, 12, 20), adelantar=True) == ["2026-T4b"]
    assert cerrar_todo(base, date(2027, 1, 1)) == ["2026-T4b"]
    assert personas_por_lote(base) == {"2026-10": 192, "2026-T4": 192, "2026-T4b": 192}


@pytest.mark.parametrize(("cuantos", "personas"), [(3, 59), (2, 70)])
def test_no_se_adelanta_un_periodo_que_no_alcanza(base, cerrado, cuantos, personas):
    for dia in range(cuantos):
        cerrado(f"2026-10-{dia + 1:02}", personas)
    assert nombres(base, adelantar=True) == []
    espera = publicar.lo_que_espera(base, HOY)["trimestre"]
    assert (espera["eventos"], espera["personas"], espera["alcanza"]) == (cuantos, personas, False)
    assert (espera["desde"], espera["hasta"], espera["entero"]) == (date(2026, 10, 1), date(2026, 12, 31), True)


def test_soltar_deja_todo_como_si_no_se_hubiera_asignado_y_no_toca_lo_asentado(base, cerrado):
    cerrado("2026-07-05", 30)
    cerrar_todo(base, date(2026, 10, 1))
    cerrado("2026-11-05", 20)
    (lote,) = publicar.lotes_por_cerrar(base, date(2027, 1, 1))
    publicar.asignar(base, **lote)
    for _ in range(2):
        publicar.soltar(base, lote["lote"])
        publicar.soltar(base, "2026-T3")
    assert personas_por_lote(base) == {"2026-T3": 30, None: 20}
    assert publicar.lotes_por_cerrar(base, date(2027, 1, 1)) == [lote]
    assert contar(base, "libro") == 1


def test_con_el_reloj_atrasado_no_se_cierra_nada(base, cerrado):
    cerrado("2026-07-05", 30)
    cerrar_todo(base, HOY)
    cerrado("2026-11-05", 30)
    for atrasado in (date(2026, 11, 24), date(1970, 1, 1)):
        with pytest.raises(ErrorJornada, match=r"dice que hoy es .*, y la última publicación fue el 25/11/2026"):
            publicar.lotes_por_cerrar(base, atrasado)
    publicar.asignar(base, "2026-T4", "2026-10-01", "2026-12-31")
    with pytest.raises(ErrorJornada) as error:
        publicar.asentar(base, "2026-T4", [], "{}", date(2020, 1, 1))
    assert error.value.codigo == "reloj_atrasado"
    assert contar(base, "libro") == 1


def test_un_anio_entero_se_cierra_en_orden_y_sin_huecos(base, cerrado):
    for mes in range(1, 10):
        cerrado(f"2026-{mes:02}-10", 12)
    lotes = publicar.lotes_por_cerrar(base, HOY)
    assert [lote["lote"] for lote in lotes] == ["2026-T1", "2026-T2", "2026-T3"]
    cerrar_todo(base)
    assert personas_por_lote(base) == {"2026-T1": 36, "2026-T2": 36, "2026-T3": 36}
    assert nombres(base) == []


def test_las_contestaciones_y_los_cambios_entran_con_su_mes(base, cerrado, sello, azar):
    fabrica = Fabrica(sello, eventos.crear(base, EVENTO | {"fecha": "2026-08-01"}, HORA, azar))
    for clave in ("antes", "despues"):
        respuestas = [fabrica.contestacion(clave, ficha=f"LUNA-{n}", K1="V") for n in range(10, 22)]
        fabrica.mandar(base, *respuestas)
    eventos.cerrar(base, fabrica.evento_id, HORA, sello, azar)
    assert cerrar_todo(base) == ["2026-T3"]
    for tabla, cuantas in (("contestacion", 24), ("cambio", 12)):
        assert contar(base, tabla, "lote = '2026-T3'") == cuantas


def test_un_corte_entre_asignar_y_asentar_se_retoma_igual(base, cerrado):
    fabrica = cerrado("2026-07-05", 30)
    (lote,) = publicar.lotes_por_cerrar(base, HOY)
    publicar.asignar(base, **lote)
    fabrica.mandar(base, fabrica.conteo())
    assert publicar.lotes_por_cerrar(base, HOY) == [lote]
    publicar.asignar(base, **lote)
    assert personas_por_lote(base) == {"2026-T3": 30, None: 1}
    publicar.asentar(base, lote["lote"], [("t", "c", "30")], "{}", HOY)
    publicar.asentar(base, lote["lote"], [("t", "c", "99"), ("t", "d", "1")], "otras", date(2030, 1, 1))
    assert [tuple(f) for f in base.execute("SELECT * FROM libro")] == [("2026-T3", "t", "c", "30")]
    fila = base.execute("SELECT estado, asentado_el, reglas FROM lote_publicacion").fetchone()
    assert tuple(fila) == ("asentado", "2026-11-25", "{}")


def test_asentar_falla_entero_y_se_puede_repetir(base, cerrado):
    cerrado("2026-07-05", 30)
    (lote,) = publicar.lotes_por_cerrar(base, HOY)
    publicar.asignar(base, **lote)

    def celdas():
        yield ("t", "c", "30")
        raise RuntimeError("corte")

    with pytest.raises(RuntimeError):
        publicar.asentar(base, lote["lote"], celdas(), "{}", HOY)
    assert contar(base, "libro") == 0
    publicar.asentar(base, lote["lote"], [("t", "c", "30")], "{}", HOY)
    assert contar(base, "libro") == 1


def test_no_se_asienta_lo_que_nadie_asigno(base):
    with pytest.raises(ErrorJornada) as error:
        publicar.asentar(base, "2026-T1", [], "{}", HOY)
    assert error.value.codigo == "lote_no_existe"


def test_lo_cancelado_no_entra_en_ningun_lote(base, fabrica):
    fabrica.mandar(base, *[fabrica.conteo() for _ in range(30)])
    eventos.cancelar(base, fabrica.evento_id, HORA)
    assert nombres(base, date(2027, 6, 1)) == []


@pytest.mark.parametrize("anulada", [False, True])
def test_una_credencial_ya_contada_en_un_lote_no_se_cuenta_en_el_siguiente(base, cerrado, azar, anulada):
    """Aunque después llegue un escaneo con hora anterior, o se anule el que se contó: lo publicado no se mueve."""
    ((_, token),) = credenciales.imprimir(base, 1, HORA, azar)
    fabrica = cerrado("2026-07-05", 0)
    primero = fabrica.asistencia(modo="credencial", credencial=token, hora="2026-07-05T18:00:00-06:00")
    fabrica.mandar(base, primero)
    cerrar_todo(base)
    if anulada:
        fabrica.mandar(base, fabrica.anulacion(primero["id"]))
    fabrica.mandar(base, fabrica.asistencia(modo="credencial", credencial=token, hora="2026-07-05T17:00:00-06:00"))
    cerrado("2026-10-05", 20)
    assert cerrar_todo(base, date(2027, 1, 1)) == ["2026-T4"]
    contadas = [f["lote"] for f in base.execute("SELECT lote FROM asistencia_contada WHERE credencial_id IS NOT NULL")]
    assert contadas == ["2026-T3"]
    assert personas_por_lote(base) == {"2026-T3": 2, "2026-T4": 20}


def test_publicar_abre_antes_las_urnas_que_se_llenaron_despues_del_cierre(datos, base, fabrica, sello, azar):
    eventos.cerrar(base, fabrica.evento_id, HORA, sello, azar)
    fabrica.mandar(base, *[fabrica.contestacion(S1="buena") for _ in range(12)])
    resultado = CliRunner().invoke(principal, ["publicar", "--datos", str(datos)])
    assert resultado.exit_code == 0, resultado.output
    assert (contar(base, "urna"), contar(base, "contestacion")) == (0, 12)
