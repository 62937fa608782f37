"""La firma de cada registro: quién lo hizo, quién lo manda y qué pasa cuando no consta."""

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from fabrica import HORA, contar

from recoleccion.consultas import cuarentena, dispositivos, recepcion
from recoleccion.sellado import b64, de_b64, firma_valida, leer_llave, por_firmar


class Llave:
    """La de un teléfono: firma como WebCrypto, con r y s de 32 bytes."""

    def __init__(self) -> None:
        self.privada = ec.generate_private_key(ec.SECP256R1())
        self.publica = b64(self.privada.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    def firmar(self, id: str, sobre: str) -> str:
        r, s = decode_dss_signature(self.privada.sign(por_firmar(id, sobre), ec.ECDSA(hashes.SHA256())))
        return b64(r.to_bytes(32, "big") + s.to_bytes(32, "big"))


class Telefono:
    """Uno dado de alta con su llave: sella y firma."""

    def __init__(self, base, fabrica, cuenta_id: str, azar, nombre: str = "Moto de Rosa") -> None:
        self.llave, self.fabrica = Llave(), fabrica
        self.id, self.token = dispositivos.alta(base, nombre, cuenta_id, HORA, azar, self.llave.publica)

    def firmar(self, registro: dict) -> dict:
        sellado = self.fabrica.sellar(registro)
        return sellado | {"dispositivo": self.id, "firma": self.llave.firmar(sellado["id"], sellado["sobre"])}


@pytest.fixture
def rosa(base, fabrica, elenco, azar) -> Telefono:
    return Telefono(base, fabrica, elenco.promotora.id, azar)


@pytest.fixture
def otro(base, fabrica, elenco, azar) -> Telefono:
    return Telefono(base, fabrica, elenco.promotora.id, azar, "Moto de Lupe")


def codigos(acuses: list[dict]) -> list[str | None]:
    return [acuse["codigo"] for acuse in acuses]


def test_lo_firmado_por_el_telefono_se_acepta_a_su_nombre(base, fabrica, rosa):
    [acuse] = fabrica.recibir(base, rosa.firmar(fabrica.asistencia()), dispositivo_id=rosa.id)
    assert acuse["estado"] == "aceptado"
    assert contar(base, "asistencia", f"dispositivo_id = '{rosa.id}'") == 1


@pytest.mark.parametrize(
    "estropear",
    [
        lambda e: e.pop("firma"),
        lambda e: e.update(firma=None),
        lambda e: e.update(firma=""),
        lambda e: e.update(firma="ñ"),
        lambda e: e.update(firma=b64(bytes(64))),
        lambda e: e.update(firma=b64(b"\xff" * 64)),
        lambda e: e.update(firma=e["firma"][:-4]),
        lambda e: e.update(firma=b64(bytes([de_b64(e["firma"])[0] ^ 1]) + de_b64(e["firma"])[1:])),
        lambda e: e.update(dispositivo="00000000-0000-4000-8000-000000000000"),
    ],
)
def test_sin_firma_buena_no_se_cuenta_ni_se_pierde(base, fabrica, rosa, estropear):
    entrada = rosa.firmar(fabrica.asistencia())
    estropear(entrada)
    [acuse] = fabrica.recibir(base, entrada, dispositivo_id=rosa.id)
    assert (acuse["estado"], acuse["codigo"]) == ("retenido", "firma_invalida")
    assert contar(base, "asistencia") == 0
    assert bytes(cuarentena.guardadas(base)[0]["bytes"]).decode() == entrada["sobre"]


def test_una_firma_no_sirve_para_otro_id_ni_para_otro_sobre(base, fabrica, rosa):
    uno, dos = (rosa.firmar(fabrica.asistencia()) for _ in range(2))
    cruzadas = [uno | {"firma": dos["firma"]}, dos | {"sobre": uno["sobre"]}]
    assert codigos(fabrica.recibir(base, *cruzadas, dispositivo_id=rosa.id)) == ["firma_invalida"] * 2
    assert codigos(fabrica.recibir(base, uno, dos, dispositivo_id=rosa.id)) == [None, None]


def test_lo_ya_guardado_es_repetido_aunque_llegue_sin_firma(base, fabrica, rosa):
    entrada = rosa.firmar(fabrica.asistencia())
    fabrica.recibir(base, entrada, dispositivo_id=rosa.id)
    sin_firma = {"id": entrada["id"], "sobre": entrada["sobre"]}
    assert fabrica.recibir(base, sin_firma, dispositivo_id=rosa.id)[0]["estado"] == "repetido"


def test_la_firma_buena_saca_de_la_cuarentena_lo_que_llego_sin_ella(base, fabrica, rosa):
    entrada = rosa.firmar(fabrica.asistencia())
    fabrica.recibir(base, entrada | {"firma": "x"}, dispositivo_id=rosa.id)
    assert cuarentena.contar(base) == 1
    assert fabrica.recibir(base, entrada, dispositivo_id=rosa.id)[0]["estado"] == "aceptado"
    assert cuarentena.contar(base) == 0


def test_un_telefono_sin_llave_manda_lo_suyo_sin_firma(base, fabrica, telefono):
    assert fabrica.mandar(base, fabrica.asistencia(), dispositivo_id=telefono) == ["aceptado"]


# --- Lo que otro teléfono rescata -------------------------------------------------------------------------------------


def test_lo_rescatado_se_comprueba_con_la_llave_de_quien_lo_hizo(base, fabrica, rosa, otro):
    entrada = otro.firmar(fabrica.asistencia())
    assert codigos(fabrica.recibir(base, entrada, dispositivo_id=rosa.id)) == [None]
    assert contar(base, "asistencia", f"dispositivo_id = '{otro.id}'") == 1


def test_nadie_hace_pasar_lo_suyo_por_de_otro(base, fabrica, rosa, otro, telefono):
    ajena = rosa.firmar(fabrica.asistencia()) | {"dispositivo": otro.id}
    sin_llave = rosa.firmar(fabrica.asistencia()) | {"dispositivo": telefono}
    assert codigos(fabrica.recibir(base, ajena, sin_llave, dispositivo_id=rosa.id)) == ["firma_invalida"] * 2


# --- Un teléfono dado de baja ------------------------------------------------------------------------------------


def test_lo_de_un_telefono_dado_de_baja_espera_a_la_titular_y_ella_lo_acepta(base, fabrica, rosa):
    entrada = rosa.firmar(fabrica.asistencia())
    dispositivos.revocar(base, rosa.id, HORA)
    assert codigos(fabrica.recibir(base, entrada, dispositivo_id=rosa.id)) == ["dispositivo_revocado"]
    assert contar(base, "asistencia") == 0
    [espera] = cuarentena.listar(base)
    assert espera["dispositivo"] == "Moto de Rosa"
    assert recepcion.reintentar(base, [espera["id"]], sello=fabrica.sello, ahora=HORA) == ["aceptado"]
    assert contar(base, "asistencia", f"dispositivo_id = '{rosa.id}'") == 1
    assert cuarentena.contar(base) == 0
    assert fabrica.recibir(base, entrada, dispositivo_id=rosa.id)[0]["estado"] == "repetido"


def test_lo_que_firmo_un_telefono_dado_de_baja_se_aparta_lo_mande_quien_lo_mande(base, fabrica, rosa, otro):
    entrada = rosa.firmar(fabrica.asistencia())
    dispositivos.revocar(base, rosa.id, HORA)
    assert codigos(fabrica.recibir(base, entrada, dispositivo_id=otro.id)) == ["dispositivo_revocado"]
    ajena = otro.firmar(fabrica.asistencia())
    assert codigos(fabrica.recibir(base, ajena, dispositivo_id=rosa.id)) == ["dispositivo_revocado"]


def test_lo_mal_firmado_por_uno_dado_de_baja_dice_que_no_consta(base, fabrica, rosa):
    entrada = rosa.firmar(fabrica.asistencia()) | {"firma": None}
    dispositivos.revocar(base, rosa.id, HORA)
    assert codigos(fabrica.recibir(base, entrada, dispositivo_id=rosa.id)) == ["firma_invalida"]


def test_de_una_contestacion_no_queda_que_telefono_la_firmo(base, fabrica, rosa, datos):
    fabrica.recibir(base, rosa.firmar(fabrica.contestacion(S1="muy_buena")), dispositivo_id=rosa.id)
    dispositivos.revocar(base, rosa.id, HORA)
    entrada = rosa.firmar(fabrica.contestacion(S1="muy_buena"))
    assert codigos(fabrica.recibir(base, entrada, dispositivo_id=rosa.id)) == ["dispositivo_revocado"]
    assert contar(base, "urna") == 1
    assert cuarentena.listar(base)[0]["dispositivo"] is None
    base.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    assert entrada["firma"].encode() not in (datos / "privada.db").read_bytes()
    espera = cuarentena.listar(base)[0]["id"]
    assert recepcion.reintentar(base, [espera], sello=fabrica.sello, ahora=HORA) == ["aceptado"]
    assert contar(base, "urna") == 2


# --- La firma misma ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("malo", ["", "x", b64(bytes(65)), b64(b"\x04" + b"\x01" * 64), b64(b"\x00"), "ñ" * 87])
def test_lo_que_no_es_un_punto_de_la_curva_no_es_una_llave(malo):
    with pytest.raises(ValueError):  # noqa: PT011  cada forma de estar mal lo dice a su modo
        leer_llave(malo)


def test_una_llave_comprimida_no_se_acepta():
    punto = Llave().privada.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    with pytest.raises(ValueError, match="sin comprimir"):
        leer_llave(b64(punto))


def test_la_firma_cubre_version_id_y_sobre():
    llave = Llave()
    publica, firma = leer_llave(llave.publica), llave.firmar("a", "b")
    assert por_firmar("a", "b") == b"jornada/firma/v1\na\nb"
    assert firma_valida(publica, "a", "b", firma)
    assert not firma_valida(publica, "a", "c", firma)
    assert not firma_valida(leer_llave(Llave().publica), "a", "b", firma)
