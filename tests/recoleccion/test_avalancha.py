"""La puerta de las asistentes, sin Flask: sellos, pases, ritmos y lo que se decide de cada envío."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recoleccion.avalancha import (
    BITS,
    BITS_MUCHOS,
    DE_MAS,
    DURA,
    DURA_PASE,
    ESPERA,
    PIDE_NUMERO,
    SIN_NUMERO,
    SOSPECHOSO,
    Avalancha,
    Envio,
    Limites,
    Paso,
    Ritmo,
    Sellos,
    ceros,
)
from recoleccion.reglas import nuevo_id

CLAVE, ID, HORA = "K7MD2Q", "0f0c1c5e-0d4b-4a39-9a55-2f6f3a0b7c11", 1_795_650_000
SELLOS = Sellos(b"secreto")
HOJA, OTRA_HOJA = f"{CLAVE}/r", "ABCDEF/r"


def persona(azar: Random, hoja: str = HOJA, **cambios) -> Envio:
    return Envio(hoja, nuevo_id(azar), **({"edad": 30, "minimo": 2} | cambios))


def estados(puerta: Avalancha, envios: list[Envio], t: float = 0.0, cada: float = 0.0) -> list[str]:
    return [puerta.juzgar(envio, t + n * cada).estado for n, envio in enumerate(envios)]


def hallar(pase: str, bits: int) -> str:
    return next(str(n) for n in range(10**7) if ceros(pase, str(n)) >= bits)


def test_el_sello_dice_hace_cuanto_nacio_la_pagina_y_vence():
    sello = SELLOS.nacimiento(CLAVE, ID, HORA)
    assert SELLOS.edad(sello, CLAVE, ID, HORA + 60) == 60
    assert SELLOS.edad(sello, CLAVE, ID, HORA + DURA) is None
    assert len(sello) == 20


@pytest.mark.parametrize(
    ("sellos", "clave", "id"),
    [(SELLOS, "OTRACL", ID), (SELLOS, CLAVE, nuevo_id(Random(1))), (Sellos(b"otro secreto"), CLAVE, ID)],
    ids=["otro-evento", "otro-id", "otro-servidor"],
)
def test_un_sello_no_sirve_para_otro_id_ni_otro_evento_ni_otro_servidor(sellos, clave, id):
    assert sellos.edad(SELLOS.nacimiento(CLAVE, ID, HORA), clave, id, HORA) is None
    assert sellos.probar(SELLOS.pase(CLAVE, ID, HORA, 0), "x", clave, id, HORA) is None


@given(donde=st.integers(0, 19), letra=st.sampled_from("AQgw-_09zZ"), resto=st.text(max_size=40))
def test_nadie_hace_un_sello_ni_un_pase_cambiando_otro(donde, letra, resto):
    sello = SELLOS.nacimiento(CLAVE, ID, HORA)
    cambiado = sello[:donde] + letra + sello[donde + 1 :]
    for falso in (cambiado if cambiado != sello else resto, resto, SELLOS.pase(CLAVE, ID, HORA, 0)):
        assert SELLOS.edad(falso, CLAVE, ID, HORA) is None
    assert SELLOS.probar(sello, "x", CLAVE, ID, HORA) is None


def test_un_pase_vale_con_la_cuenta_hecha_o_pasado_el_tiempo_y_luego_vence():
    pase = SELLOS.pase(CLAVE, ID, HORA, 8)
    assert SELLOS.bits(pase) == 8
    buena = hallar(pase, 8)
    mala = next(str(n) for n in range(1000) if ceros(pase, str(n)) < 8)
    assert SELLOS.probar(pase, buena, CLAVE, ID, HORA) == "trabajo"
    assert SELLOS.probar(pase, mala, CLAVE, ID, HORA) == SELLOS.probar(pase, "", CLAVE, ID, HORA + 19) == "falta"
    assert SELLOS.probar(pase, "", CLAVE, ID, HORA + ESPERA) == "tiempo"
    assert SELLOS.probar(pase, buena, CLAVE, ID, HORA + DURA_PASE) is None
    assert SELLOS.faltan(pase, CLAVE, ID, HORA + 5) == ESPERA - 5


def test_un_auditorio_de_600_entra_de_golpe_con_numero_y_sin_el():
    for numero, cuantas in ((False, 600), (True, 600)):
        assert set(estados(Avalancha(b"x"), [persona(Random(n), numero=numero) for n in range(cuantas)])) == {"pasa"}


def test_con_un_robot_encima_una_sala_de_80_entra_sin_esperar():
    """El robot manda 500 por segundo al mismo evento; ninguno de los suyos se cuenta."""
    puerta, azar = Avalancha(b"x"), Random(5)
    del_robot, de_la_sala = [], []
    for n in range(60_000):
        t = n / 500
        del_robot.append(puerta.juzgar(persona(azar, edad=None), t))
        if n % 750 == 0:
            de_la_sala.append(puerta.juzgar(persona(azar), t).estado)
    assert de_la_sala == ["pasa"] * 80
    assert {paso.estado for paso in del_robot} == {"aparta", "espera"}
    apartados = [paso.codigo for paso in del_robot if paso.estado == "aparta"]
    assert set(apartados) == {SOSPECHOSO}
    assert len(apartados) <= 20 + 5 * 120  # lo que ocupa en el disco tiene tope


def test_el_ataque_a_un_evento_no_le_toca_a_otro():
    puerta, azar = Avalancha(b"x"), Random(5)
    estados(puerta, [persona(azar, edad=None) for _ in range(2_000)])
    assert estados(puerta, [persona(azar, OTRA_HOJA) for _ in range(200)]) == ["pasa"] * 200
    atacada = estados(puerta, [persona(azar) for _ in range(300)])
    assert (atacada.count("pasa"), atacada.count("espera")) == (40, 260)


def con_visitas_completas(puerta: Avalancha, azar: Random, **de_la_sala) -> tuple[list[Paso], list[Paso]]:
    """Diez visitas completas por segundo, dos minutos, con el robot encima; y una sala de 80 en ese rato."""
    estados(puerta, [persona(azar, edad=None) for _ in range(200)])
    suyos, sala = [], []
    for n in range(1_200):
        puerta.juzgar(persona(azar, edad=None), n / 10)
        puerta.juzgar(persona(azar, edad=None), n / 10)
        paso = puerta.juzgar(persona(azar), n / 10)
        if paso.estado == "espera":
            paso = puerta.juzgar(persona(azar, prueba="trabajo", sin_numero=n % 2 == 0), n / 10)
        suyos.append(paso)
        if n % 15 == 7:
            sala.append(puerta.juzgar(persona(azar, **de_la_sala), n / 10))
    return suyos, sala


def test_sin_el_numero_de_la_sala_la_visita_completa_se_aparta_y_con_el_nadie_espera():
    suyos, sala = con_visitas_completas(Avalancha(b"x"), Random(5), numero=True)
    assert {paso.estado for paso in sala} == {"pasa"}
    assert sum(paso.estado == "pasa" for paso in suyos) <= 40 + 5
    assert {paso.codigo for paso in suyos if paso.estado == "aparta"} == {SIN_NUMERO}
    assert {paso.pide_numero for paso in suyos if paso.estado == "espera"} == {True}


def test_un_robot_que_solo_hace_visitas_completas_tampoco_pasa_de_un_auditorio():
    """Sin envíos malos no parece ataque: diez por segundo, dos minutos."""
    puerta, azar = Avalancha(b"x"), Random(5)
    hechos = estados(puerta, [persona(azar) for _ in range(1_200)], cada=0.1)
    assert hechos.count("pasa") < 600 + 120
    assert puerta.juzgar(persona(azar, numero=True), 120).estado == "pasa"


def test_el_control_si_nadie_supiera_el_numero_la_sala_no_entraria():
    _, sala = con_visitas_completas(Avalancha(b"x"), Random(5))
    assert sum(paso.estado == "pasa" for paso in sala) < 10
    assert {paso.pide_numero for paso in sala if paso.estado != "pasa"} == {True}


def test_el_numero_de_la_sala_no_se_pide_en_calma_y_se_deja_de_pedir():
    puerta, azar = Avalancha(b"x"), Random(5)
    assert set(estados(puerta, [persona(azar) for _ in range(200)])) == {"pasa"}
    assert not puerta.pide_numero(CLAVE, 0)
    con_visitas_completas(puerta, azar)
    assert puerta.pide_numero(CLAVE, 120)
    assert not puerta.pide_numero("ABCDEF", 120)
    assert not puerta.pide_numero(CLAVE, 121 + PIDE_NUMERO)
    assert estados(puerta, [persona(azar)], 121 + PIDE_NUMERO) == ["pasa"]


def test_el_numero_no_abre_a_lo_que_no_salio_de_una_pagina_nuestra_ni_a_mas_de_un_auditorio():
    puerta, azar = Avalancha(b"x"), Random(5)
    assert puerta.juzgar(persona(azar, edad=None, numero=True), 0).codigo == SOSPECHOSO
    assert puerta.juzgar(persona(azar, trampa=True, numero=True), 0).codigo == SOSPECHOSO
    assert estados(puerta, [persona(azar, numero=True) for _ in range(700)]).count("pasa") == 600
    con_pase = [puerta.juzgar(persona(azar, numero=True, prueba="trabajo"), 0) for _ in range(50)]
    assert [paso.codigo for paso in con_pase] == [None] * 40 + [DE_MAS] * 10


def test_el_numero_se_escribe_como_sea_y_es_otro_en_otro_evento_y_en_otro_servidor():
    numero = SELLOS.numero(CLAVE)
    assert len(numero) == 8
    for escrito in (numero, f" {numero[:4]} {numero[4:]} ", f"{numero[:2]}-{numero[2:]}"):
        assert SELLOS.leer_numero(escrito, CLAVE) == (True, False)
    for escrito in ("", "٣" * 8, "no", numero[:7], f"{numero}0", numero[::-1]):
        assert SELLOS.leer_numero(escrito, CLAVE) == (False, False)
    assert SELLOS.leer_numero(" 0", CLAVE) == (False, True)
    assert len({numero, SELLOS.numero("ABCDEF"), Sellos(b"otro").numero(CLAVE)}) == 3


def test_contestar_mas_aprisa_de_lo_que_se_lee_pasa_pocas_veces():
    puerta, azar = Avalancha(b"x"), Random(5)
    hechos = estados(puerta, [persona(azar, edad=0) for _ in range(70)])
    assert hechos[:40] == ["pasa"] * 40
    assert "pasa" not in hechos[40:]
    assert estados(puerta, [persona(azar, edad=2)]) == ["pasa"]


def test_el_campo_que_no_se_ve_delata_aunque_traiga_pase():
    puerta, azar = Avalancha(b"x"), Random(5)
    for prueba in (None, "trabajo"):
        paso = puerta.juzgar(persona(azar, trampa=True, prueba=prueba), 0)
        assert (paso.estado, paso.codigo) == ("aparta", SOSPECHOSO)


def test_el_mismo_id_muchas_veces_espera_y_despues_se_le_vuelve_a_oir():
    puerta, envio = Avalancha(b"x"), persona(Random(5))
    assert estados(puerta, [envio] * 6) == ["pasa"] * 4 + ["espera"] * 2
    assert puerta.juzgar(envio, 11).estado == "pasa"


def test_la_cuenta_se_hace_mas_larga_cuando_hay_quien_las_hace():
    puerta, azar = Avalancha(b"x"), Random(5)
    assert puerta.dificultad(HOJA, 0) == BITS
    estados(puerta, [persona(azar, prueba="trabajo") for _ in range(25)])
    assert puerta.dificultad(HOJA, 0) == BITS_MUCHOS


def test_inventar_claves_no_llena_la_memoria_ni_borra_lo_de_un_evento():
    puerta, azar = Avalancha(b"x"), Random(5)
    estados(puerta, [persona(azar) for _ in range(600)])
    estados(puerta, [persona(azar, f"{n:06}/r", edad=None) for n in range(20_000)])
    assert len(puerta._de_hojas) < 1_100
    assert estados(puerta, [persona(azar)]) == ["espera"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from([None, 0, 30]), st.sampled_from([None, "trabajo", "tiempo", "falta"]), st.floats(0, 3)
        ),
        max_size=60,
    )
)
def test_en_cualquier_orden_nunca_pasan_mas_de_los_que_caben(llegadas):
    limites = Limites(
        hoja=Ritmo(3, 0.5), hoja_con_pase=Ritmo(2, 0.25), hoja_atacada=Ritmo(2, 0.1), ataque=Ritmo(2, 0.5),
        sospechosas=Ritmo(2, 0.5),
    )  # fmt: skip
    puerta, azar, t, cuenta = Avalancha(b"x", limites), Random(5), 0.0, {"pasa": 0, "aparta": 0, "espera": 0}
    for edad, prueba, lapso in llegadas:
        t += lapso
        cuenta[puerta.juzgar(persona(azar, edad=edad, prueba=prueba), t).estado] += 1
    assert cuenta["pasa"] <= 3 + 0.5 * t + 2 + 0.25 * t + 1e-6
    # Lo que se aparta sin cuenta ni espera también tiene tope; con ellas, el suyo.
    assert cuenta["aparta"] <= 2 + 0.5 * t + (60 + 30 * t) + (20 + 5 * t)


def test_el_control_un_sello_que_no_mirara_el_id_se_nota():
    class Flojos(Sellos):
        def _firma(self, para: str, clave: str, id: str, crudo: bytes) -> bytes:
            return super()._firma(para, clave, "", crudo)

    flojos = Flojos(b"secreto")
    assert flojos.edad(flojos.nacimiento(CLAVE, ID, HORA), CLAVE, nuevo_id(Random(1)), HORA) is not None
