"""La llave de la oficina: se crea, se abre, se cambia, se recupera, y de los nombres de antes no queda rastro."""

from pathlib import Path
from random import Random

import pytest
from fabrica import HORA, contar

from recoleccion.consultas import conexion, cuarentena, envoltura, eventos, identidades, llave, recepcion
from recoleccion.errores import ErrorJornada
from recoleccion.palabras_secretas import de_palabras
from recoleccion.sellado import b64, sellar_identidad
from tests.llave import BARATO, FRASE, crear_llave, nombres, quitar_llave

NOMBRE, TELEFONO = "Eustolia Íñiguez Plascencia", "3787774411"
OTRA_FRASE = "tren olla pino luna sapo"


def rastros(datos: Path, *textos: str) -> list[tuple[str, str]]:
    """En qué archivos de la base se lee cada texto, byte por byte."""
    return [
        (archivo.name, texto)
        for archivo in sorted(datos.glob("privada.db*"))
        for texto in textos
        if texto.encode() in archivo.read_bytes()
    ]


# --- Abrir, cambiar, recuperar ---


def test_la_frase_abre_y_otra_no(base):
    assert b64(llave.abrir(base, FRASE).publica) == identidades.punto(base)
    assert llave.abrir(base, f"  {FRASE.replace(' ', '   ')} ") is not None  # los espacios de más no cuentan
    for mala in (FRASE.upper(), FRASE[:-1], "", "otra frase cualquiera"):
        assert llave.abrir(base, mala) is None


def test_sin_llave_no_abre_nada(base):
    quitar_llave(base)
    assert llave.abrir(base, FRASE) is None
    assert not llave.hay(base)
    assert identidades.llave_publica(base) is None


def test_los_acentos_valen_lo_mismo_como_quiera_que_el_teclado_los_mande(base, instalacion):
    quitar_llave(base)
    crear_llave(base, instalacion.sello, "canción de cuna larga")
    assert llave.abrir(base, "cancio\u0301n de cuna larga") is not None
    assert llave.abrir(base, "cancion de cuna larga") is None


def test_el_codigo_abre_como_lo_escriban_y_uno_ajeno_no(base, instalacion):
    quitar_llave(base)
    codigo = crear_llave(base, instalacion.sello).codigo
    parecido = codigo.replace("0", "o").replace("1", "L").lower()
    for escrito in (codigo, codigo.replace("-", ""), f" {parecido} ", codigo.replace("-", " ")):
        assert llave.abrir_con_codigo(base, escrito) is not None
    ajeno = envoltura.nuevo_codigo(Random(99))
    assert envoltura.normalizar_codigo(ajeno)
    for malo in (ajeno, "", codigo[:-1], "hola"):
        assert llave.abrir_con_codigo(base, malo) is None


def test_un_error_al_copiar_el_codigo_se_nota():
    """Una letra cambiada pasa a lo más una de cada mil veces; así se distingue de un código de otra llave."""
    azar = Random(4)
    pasan = 0
    for _ in range(3000):
        codigo = list(envoltura.nuevo_codigo(azar).replace("-", ""))
        codigo[azar.randrange(26)] = azar.choice("23456789ABCDEFGH")
        pasan += envoltura.normalizar_codigo("".join(codigo)) is not None
    assert pasan < 3000 / 16 + 30  # las que no cambiaron nada, y unas cuantas


def test_el_codigo_lleva_128_bits_y_no_se_repite():
    codigos = {envoltura.nuevo_codigo(Random(n)) for n in range(200)}
    assert len(codigos) == 200
    assert all(len(c.split("-")) == 7 and {len(g) for g in c.split("-")} == {4} for c in codigos)
    secretos = {de_palabras(" ".join(envoltura.palabras_de(c.replace("-", "")))) for c in codigos}
    assert (len(secretos), {len(s) for s in secretos}) == (200, {16})


def test_el_codigo_se_lee_igual_en_grupos_que_en_palabras():
    for n in range(100):
        codigo = envoltura.nuevo_codigo(Random(n))
        palabras = " ".join(envoltura.palabras_de(codigo.replace("-", "")))
        assert envoltura.leer_codigo(palabras.upper()) == envoltura.leer_codigo(codigo) == codigo.replace("-", "")


@pytest.mark.parametrize(
    ("cambio", "dice"),
    [
        (lambda c: c[:-1], "faltan o le sobran"),
        (lambda c: c[:7] + "U" + c[8:], "grupo 2"),
        (lambda c: c[:3] + ("2" if c[3] != "2" else "3") + c[4:], "grupo por grupo"),
        (lambda c: "Z" + c[1:], "grupo por grupo"),  # más de 128 bits
        (lambda c: " ".join(envoltura.palabras_de(c.replace("-", ""))[:11]), "hay 11"),
        (lambda c: " ".join(("xilófono", *envoltura.palabras_de(c.replace("-", ""))[1:])), "La palabra 1"),
    ],
)
def test_de_un_codigo_mal_copiado_se_dice_donde(cambio, dice):
    with pytest.raises(ValueError, match=dice):
        envoltura.leer_codigo(cambio(envoltura.nuevo_codigo(Random(5))))


def test_cambiar_la_frase_no_toca_los_sobres_y_la_anterior_deja_de_servir(base, fabrica, datos):
    fabrica.mandar(base, fabrica.asistencia(nombre=NOMBRE))
    sobre = base.execute("SELECT sobre FROM identidad").fetchone()[0]
    anterior = bytes(base.execute("SELECT cifrada FROM llave_envoltura WHERE por = 'frase'").fetchone()[0])
    llave.cambiar_frase(base, llave.abrir(base, FRASE), OTRA_FRASE, ahora=HORA, costo=BARATO)
    assert llave.abrir(base, FRASE) is None
    assert [nombre for nombre, _ in nombres(base, OTRA_FRASE).values()] == [NOMBRE]
    assert base.execute("SELECT sobre FROM identidad").fetchone()[0] == sobre
    assert not any(anterior in archivo.read_bytes() for archivo in datos.glob("privada.db*"))


def test_con_el_codigo_se_pone_otra_frase_y_otro_codigo_deja_sin_valor_al_primero(base, instalacion, fabrica):
    quitar_llave(base)
    codigo = crear_llave(base, instalacion.sello).codigo
    fabrica.mandar(base, fabrica.asistencia(nombre=NOMBRE))
    sello = llave.abrir_con_codigo(base, codigo)
    llave.cambiar_frase(base, sello, OTRA_FRASE, ahora=HORA, costo=BARATO)
    nuevo = llave.otro_codigo(base, sello, ahora=HORA, azar=Random(8), costo=BARATO)
    assert [nombre for nombre, _ in nombres(base, OTRA_FRASE).values()] == [NOMBRE]
    assert llave.abrir_con_codigo(base, codigo) is None
    assert llave.abrir_con_codigo(base, nuevo) is not None


@pytest.mark.parametrize("corta", ["", "quince letras no", "   a    b    c   d    "])
def test_una_frase_corta_no_se_acepta(base, instalacion, corta):
    corta = corta[:15]
    quitar_llave(base)
    with pytest.raises(ErrorJornada) as error:
        crear_llave(base, instalacion.sello, corta)
    assert error.value.codigo == "frase_corta"
    assert not llave.hay(base)


def test_no_se_crea_otra_encima(base, instalacion):
    punto = identidades.punto(base)
    with pytest.raises(ErrorJornada) as error:
        crear_llave(base, instalacion.sello, OTRA_FRASE)
    assert error.value.codigo == "llave_ya_existe"
    assert identidades.punto(base) == punto
    assert contar(base, "llave_envoltura") == 2


def test_la_envoltura_de_la_frase_no_sirve_en_lugar_de_la_del_codigo(base):
    """Quien escribe en la base no puede cambiar una por otra, ni poner la de otra llave."""
    base.execute(
        "UPDATE llave_envoltura SET (parametros, cifrada) ="
        " (SELECT parametros, cifrada FROM llave_envoltura WHERE por = 'codigo') WHERE por = 'frase'"
    )
    assert llave.abrir(base, FRASE) is None


def test_lo_que_se_pide_a_quien_adivina_es_mucho():
    costo = llave.COSTO
    assert (costo.memoria, costo.vueltas) >= (64 * 1024, 3)  # RFC 9106, segunda recomendación


# --- Segunda titular ---


def test_cada_quien_abre_con_la_suya_y_quitarle_la_suya_no_toca_a_las_demas(base, elenco):
    otra, suya = elenco.promotora.id, "la frase de la segunda"
    llave.dar(base, llave.abrir(base, FRASE), otra, suya, ahora=HORA, costo=BARATO)
    assert llave.abrir(base, suya, otra) is not None
    assert llave.abrir(base, suya, elenco.titular.id) is None, "la de otra cuenta no sirve en la mía"
    llave.cambiar_frase(
        base, llave.abrir(base, suya, otra), "otra de la segunda más", ahora=HORA, costo=BARATO, cuenta_id=otra
    )
    assert llave.abrir(base, suya, otra) is None
    assert llave.abrir(base, FRASE, elenco.titular.id) is not None
    assert {(q["nombre"], q["activa"]) for q in llave.quienes(base)} == {(None, True), ("Rosa", False)}
    assert llave.retirar(base, f"frase:{otra}")
    assert not llave.retirar(base, f"frase:{otra}")
    assert llave.abrir(base, "otra de la segunda más", otra) is None
    assert llave.abrir(base, FRASE, elenco.titular.id) is not None


def test_la_unica_frase_no_se_quita(base):
    with pytest.raises(ErrorJornada) as error:
        llave.retirar(base, "frase")
    assert error.value.codigo == "llave_sin_nadie"
    assert not llave.retirar(base, "codigo"), "el código no es de nadie"
    assert llave.abrir(base, FRASE) is not None


# --- Lo que estaba en claro ---


@pytest.fixture
def sin_llave(base):
    quitar_llave(base)
    return base


def test_al_crear_la_llave_los_nombres_de_antes_quedan_sellados_y_sin_rastro(sin_llave, fabrica, datos, instalacion):
    base = sin_llave
    registros = [fabrica.asistencia(nombre=f"{NOMBRE} {n}", telefono=TELEFONO) for n in range(300)]
    fabrica.mandar(base, *registros, fabrica.asistencia())
    eventos.actualizar(base, fabrica.evento_id, {"titulo": "Otro título"})
    conexion.vaciar_bitacora(base)
    assert rastros(datos, NOMBRE, TELEFONO), "el control: sin llave sí se leen en el archivo"
    creada = crear_llave(base, instalacion.sello)
    assert creada.sellados == 300
    assert rastros(datos, NOMBRE, TELEFONO) == []
    assert sorted(nombres(base).values()) == sorted((f"{NOMBRE} {n}", TELEFONO) for n in range(300))


def test_lo_que_esperaba_en_la_cuarentena_tambien_queda_sellado(sin_llave, fabrica, instalacion):
    base, otro = sin_llave, "11111111-1111-4111-8111-111111111111"
    con_nombre, sin_nombre = fabrica.asistencia(evento=otro, nombre=NOMBRE), fabrica.asistencia(evento=otro)
    menor = fabrica.asistencia(evento=otro, nombre=NOMBRE, edad="12-17")
    fabrica.mandar(base, con_nombre, sin_nombre, menor)
    fabrica.recibir(base, {"id": "x", "sobre": "AAAA"})
    antes = {fila["registro_id"]: bytes(fila["bytes"]) for fila in cuarentena.guardadas(base)}
    assert NOMBRE in _dentro(base, con_nombre["id"], instalacion.sello)
    crear_llave(base, instalacion.sello)
    despues = {fila["registro_id"]: bytes(fila["bytes"]) for fila in cuarentena.guardadas(base)}
    assert {id for id in antes if antes[id] != despues[id]} == {con_nombre["id"], menor["id"]}
    for id in (con_nombre["id"], menor["id"]):
        assert NOMBRE not in _dentro(base, id, instalacion.sello)
    assert "'identidad'" in _dentro(base, con_nombre["id"], instalacion.sello)


def _dentro(base, registro_id: str, sello) -> str:
    crudo = next(bytes(f["bytes"]) for f in cuarentena.guardadas(base) if f["registro_id"] == registro_id)
    return str(recepcion.abrir_guardado(crudo, sello))


def test_una_llave_que_no_se_pudo_crear_no_deja_nada_a_medias(sin_llave, fabrica, instalacion, monkeypatch):
    base = sin_llave
    fabrica.mandar(base, fabrica.asistencia(nombre=NOMBRE))

    def falla(*_: object) -> None:
        raise OSError("se fue la luz")

    monkeypatch.setattr(recepcion, "sellar_cuarentena", falla)
    with pytest.raises(OSError, match="luz"):
        crear_llave(base, instalacion.sello)
    assert not llave.hay(base)
    assert tuple(base.execute("SELECT nombre, sobre FROM identidad").fetchone()) == (NOMBRE, None)


def test_una_base_de_la_version_anterior_se_pone_al_dia_con_sus_nombres(sin_llave, fabrica, datos, instalacion):
    base = sin_llave
    fabrica.mandar(base, fabrica.asistencia(nombre=NOMBRE))
    for sentencia in (
        "ALTER TABLE identidad DROP COLUMN sobre",
        "DROP TABLE llave_envoltura",
        "DROP TABLE llave_oficina",
        "ALTER TABLE evidencia DROP COLUMN archivo",
        "DELETE FROM _sqlite_migrations WHERE name IN ('m004_llave_de_la_oficina', 'm012_la_llave_que_se_cambia')",
    ):
        base.execute(sentencia)
    conexion.verificar(datos / "privada.db")
    assert not llave.hay(base)
    crear_llave(base, instalacion.sello)
    assert list(nombres(base).values()) == [(NOMBRE, None)]


# --- El disco robado ---


def test_en_el_disco_cerrado_no_se_lee_ningun_nombre(base, fabrica, datos, instalacion):
    """Teléfono de ahora, teléfono de antes, página, cuarentena: ni en la base, ni en la WAL, ni con servidor.pem."""
    punto = identidades.llave_publica(base)
    de_ahora = fabrica.asistencia()
    de_ahora["datos"] |= {"identidad": b64(sellar_identidad(punto, de_ahora["id"], NOMBRE, TELEFONO))}
    del de_ahora["datos"]["nombre"], de_ahora["datos"]["telefono"]
    de_antes = fabrica.asistencia(nombre=NOMBRE, telefono=TELEFONO)
    ajeno = fabrica.asistencia(evento="11111111-1111-4111-8111-111111111111", nombre=NOMBRE, telefono=TELEFONO)
    en_linea = fabrica.asistencia(modo="telefono", nombre=NOMBRE, telefono=TELEFONO)
    assert fabrica.mandar(base, de_ahora, de_antes, ajeno) == ["aceptado", "aceptado", "retenido"]
    for registro in (en_linea, en_linea | {"datos": {**en_linea["datos"], "edad": "60+"}}):
        recepcion.registrar_en_linea(base, registro, sello=fabrica.sello, ahora=HORA)
    assert contar(base, "cuarentena") == 2
    assert set(nombres(base).values()) == {(NOMBRE, TELEFONO)}
    assert len(nombres(base)) == 3
    assert (datos / "privada.db-wal").stat().st_size > 0
    assert rastros(datos, NOMBRE, TELEFONO) == []
    for fila in cuarentena.guardadas(base):  # quien se lleva el disco se lleva también la llave del servidor
        dentro = _dentro(base, fila["registro_id"], instalacion.sello)
        assert "identidad" in dentro
        assert NOMBRE not in dentro
        assert TELEFONO not in dentro


def test_el_control_un_nombre_plantado_se_encuentra(base, fabrica, datos):
    fabrica.mandar(base, fabrica.asistencia(nombre=NOMBRE))
    base.execute("UPDATE identidad SET nombre = ?", [NOMBRE])
    assert ("privada.db-wal", NOMBRE) in rastros(datos, NOMBRE)
    conexion.vaciar_bitacora(base)
    assert ("privada.db", NOMBRE) in rastros(datos, NOMBRE)


def test_el_control_con_la_llave_del_servidor_si_se_leeria_lo_que_no_lleva_segundo_sobre(sin_llave, fabrica):
    ajeno = fabrica.asistencia(evento="11111111-1111-4111-8111-111111111111", nombre=NOMBRE)
    fabrica.mandar(sin_llave, ajeno)
    assert NOMBRE in _dentro(sin_llave, ajeno["id"], fabrica.sello)
