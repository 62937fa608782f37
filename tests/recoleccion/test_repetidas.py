"""Personas repetidas de un evento: se hallan con la llave abierta, y decir que son la misma no borra nada."""

from random import Random

import pytest
from fabrica import HORA, contar
from hypothesis import given, settings
from hypothesis import strategies as st

from recoleccion.consultas import asistencias, credenciales, llave, repetidas
from tests.llave import FRASE

SEGUNDA = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def llegan(base, fabrica):
    """Manda una asistencia por cada ``(nombre, teléfono)`` y devuelve sus ids."""

    def con(*personas: tuple[str | None, str | None], **mas) -> list[str]:
        registros = [fabrica.asistencia(nombre=nombre, telefono=telefono, **mas) for nombre, telefono in personas]
        assert set(fabrica.mandar(base, *registros)) == {"aceptado"}
        return [registro["id"] for registro in registros]

    return con


@pytest.fixture
def buscar(base, elenco):
    def con():
        grupos = repetidas.buscar(base, elenco.evento_id, llave.abrir(base, FRASE))
        return [(grupo.motivo, [fila["id"] for fila in grupo.filas]) for grupo in grupos]

    return con


def test_se_hallan_por_nombre_y_por_telefono_como_los_hayan_escrito(llegan, buscar):
    maria, gpe = llegan(("María Guadalupe Íñiguez", "3787774411"), ("IÑIGUEZ Ma. Gpe.", "52 378 777 4411"))
    luz, luz2 = llegan(("Luz Barba", "3781112233"), ("luz  barba", None))
    rosa, ana = llegan(("Rosa Díaz", "3789990000"), ("Ana Díaz", "3789990000"))
    llegan(("Eva Ruiz", None), (None, None), (None, "3780001122"))
    assert buscar() == [("las_dos", [maria, gpe]), ("nombre", [luz, luz2]), ("telefono", [rosa, ana])]


def test_quienes_se_llaman_igual_y_dieron_telefonos_distintos_no_son_la_misma(llegan, buscar):
    llegan(("María García", "3781112233"), ("María García", "3784445566"))
    assert buscar() == []
    llegan(("María García", None))
    (grupo,) = buscar()
    assert (grupo[0], len(grupo[1])) == ("nombre", 3)


def test_lo_bloqueado_y_lo_de_otro_evento_no_se_comparan(base, llegan, buscar, elenco):
    uno, _ = llegan(("Luz Barba", None), ("Luz Barba", None))
    base.execute(
        "INSERT INTO solicitud (id, folio, derecho, via, recibida_el, creada_en, creada_por)"
        " VALUES ('s', 'F', 'oposicion', 'persona', '2026-11-25', '2026-11-25', 't')"
    )
    base.execute("INSERT INTO bloqueo VALUES (?, 's', '2026-11-25')", [uno])
    assert buscar() == []


def test_es_la_misma_deja_de_contarla_sin_borrar_nada(base, llegan, buscar, elenco, sello):
    queda, sobra, otra = llegan(("Luz Barba", None), ("Luz Barba", None), ("Luz Barba", None))
    como = {"sello": sello, "ahora": HORA, "azar": Random(1)}
    assert repetidas.es_la_misma(base, elenco.evento_id, queda=queda, son=[queda, sobra], **como) == 1
    assert asistencias.vivo(base, elenco.evento_id)["total"] == 2
    assert contar(base, "asistencia") == contar(base, "identidad") == 3
    assert contar(base, "anulacion", f"registro_id = '{sobra}'") == 1
    assert buscar() == [("nombre", [queda, otra])]
    # Otra vez lo mismo, o con una que no es de aquí, no cambia nada.
    assert repetidas.es_la_misma(base, elenco.evento_id, queda=queda, son=[queda, sobra], **como) == 0
    assert repetidas.es_la_misma(base, elenco.evento_id, queda=SEGUNDA, son=[queda, otra], **como) == 0
    assert repetidas.es_la_misma(base, elenco.evento_id, queda=queda, son=[SEGUNDA], **como) == 0
    assert asistencias.vivo(base, elenco.evento_id)["total"] == 2


def test_se_sugiere_la_que_dice_mas(base, llegan, elenco):
    llegan(("Luz Barba", None))
    (completa,) = llegan(("Luz Barba", "3781112233"))
    (grupo,) = repetidas.buscar(base, elenco.evento_id, llave.abrir(base, FRASE))
    assert grupo.sugerida == completa


def test_una_tarjeta_leida_dos_veces_ya_se_cuenta_una(base, fabrica, elenco):
    ((_, token),) = credenciales.imprimir(base, 1, HORA, Random(2))
    fabrica.mandar(base, *(fabrica.asistencia(modo="credencial", credencial=token) for _ in range(3)))
    assert repetidas.leidas_de_mas(base, elenco.evento_id) == 2
    assert asistencias.vivo(base, elenco.evento_id)["total"] == 1


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Luz Barba", "LUZ  barba", "Ana Díaz", "ana diaz", "", "Ñ"]),
            st.sampled_from(["3781112233", "52 378 111 2233", "3784445566", "", "123"]),
        ),
        max_size=6,
    )
)
def test_cada_pareja_que_coincide_sale_una_vez_y_ninguna_que_no(personas):
    """Contra la definición, pareja por pareja."""
    vistas = [{"id": str(n), "nombre": nombre, "telefono": tel} for n, (nombre, tel) in enumerate(personas)]
    juntas = {
        frozenset((una["id"], otra["id"]))
        for senas in ((repetidas._nombre,), (repetidas._telefono,))
        for grupo in repetidas._juntar(vistas, *senas)
        for una in grupo
        for otra in grupo
        if una is not otra
    }
    esperadas = {
        frozenset((una["id"], otra["id"]))
        for una in vistas
        for otra in vistas
        if una is not otra
        and (
            (
                una["nombre"]
                and len(una["nombre"]) > 3
                and una["nombre"].lower().split() == otra["nombre"].lower().split()
            )
            or (
                len(una["telefono"]) > 3
                and una["telefono"].replace(" ", "")[-10:] == otra["telefono"].replace(" ", "")[-10:]
            )
            or {una["nombre"], otra["nombre"]} == {"Ana Díaz", "ana diaz"}
        )
    }
    assert juntas == esperadas
