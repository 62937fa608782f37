"""Saberlo todo menos el secreto no deshace el redondeo, y ningún resumen del archivo permite probar candidatos."""

import base64
import hashlib
import json
from collections import Counter
from contextlib import closing
from dataclasses import replace

from sqlite_utils import Database

from publicacion.modelo import Asistencia, Crudo, Reglas
from publicacion.proteccion import proteger
from recoleccion.instalacion import Instalacion
from tests.ataques.anio import censo
from tests.ataques.publicar import calcular
from tests.publicacion import elenco_publicacion as elenco
from tests.publicacion.elenco_publicacion import textos_privados

REGLAS = Reglas(zonas={"cabecera": "Cabecera"}, programas={"prevencion": "Prevención"}, ejes_asistencia=("total",))
CRUDO = Crudo("2026-T1", "2026-01-01", "2026-03-31")


def con_asistencias(n: int, lote: str = "2026-T1") -> Crudo:
    fila = Asistencia("e", "2026-01", "prevencion", "cabecera", "M", "30-44", n)
    return replace(CRUDO, lote=lote, asistencias=(fila,))


def publicada(n: int, secreto: bytes, lote: str = "2026-T1") -> int:
    celda = next(c for c in proteger(con_asistencias(n, lote), REGLAS, secreto) if c.tabla == "asistencia_cubo")
    return int(json.loads(celda.valor)["n"])


def secreto(numero: int) -> bytes:
    return hashlib.sha256(f"secreto {numero}".encode()).digest()


def test_sin_el_secreto_cada_cuenta_es_tan_incierta_como_dice_la_regla():
    """Quien sabe la cuenta verdadera no sabe cuál de los dos vecinos saldrá: la parte de arriba es la anunciada."""
    veces = 600
    for n in (10, 11, 12, 13, 14):
        salieron = Counter(publicada(n, secreto(i)) for i in range(veces))
        arriba = salieron[15] / veces
        assert set(salieron) <= {10, 15}
        assert abs(arriba - (n % 5) / 5) < 0.08


def test_el_sorteo_de_una_celda_o_un_lote_no_dice_nada_del_de_otro():
    lotes = [f"2026-T{i}" for i in range(40)]
    juntos = Counter(
        (publicada(12, secreto(i), a) == 15, publicada(12, secreto(i), b) == 15)
        for i in range(15)
        for a, b in zip(lotes[::2], lotes[1::2], strict=True)
    )
    total = juntos.total()
    uno = (juntos[True, True] + juntos[True, False]) / total
    otro = (juntos[True, True] + juntos[False, True]) / total
    assert abs(juntos[True, True] / total - uno * otro) < 0.08


def test_ver_el_redondeo_no_ayuda_a_probar_secretos_mas_que_al_azar():
    """Con la cuenta verdadera y lo publicado, la mitad de los secretos sigue siendo posible en cada celda."""
    visto = publicada(12, secreto(0))
    posibles = sum(publicada(12, secreto(i)) == visto for i in range(1, 401))
    assert 0.25 < posibles / 400 < 0.75


def test_el_secreto_se_hace_al_azar_y_no_sale(tmp_path, oficina):
    hechos = []
    for nombre in ("una", "otra"):
        instalacion = Instalacion(tmp_path / nombre)
        instalacion.crear_claves()
        hechos.append(instalacion.secreto_publicacion)
    assert hechos[0] != hechos[1]
    assert min(map(len, hechos)) >= 32
    publico = (oficina / "publica.db").read_bytes()
    for forma in _formas(elenco.SECRETO):
        assert forma not in publico


def test_la_huella_es_la_misma_para_dos_tablas_privadas_que_se_publican_igual():
    """Si dependiera de lo escondido, se podrían probar candidatos hasta dar con ella."""
    reglas = REGLAS.con(ejes_asistencia=("total", "sexo"), censo=censo())
    fila = Asistencia("e", "2026-01", "prevencion", "cabecera", "M", "30-44", 40)
    huellas = set()
    for hombres in (0, 1, 5, 9):
        filas = [fila] + [replace(fila, evento="f", sexo="H", personas=hombres)] * (hombres > 0)
        filas += [replace(fila, evento="g", sexo="O", personas=10 - hombres)]  # el total no cambia
        _, vigentes = calcular(replace(CRUDO, asistencias=tuple(filas)), reglas, b"s" * 32)
        huellas.add(json.loads(vigentes)["huella"])
    assert len(huellas) == 1


def test_ningun_resumen_de_algo_privado_esta_en_los_bytes(oficina):
    """Ni de nombres ni de teléfonos ni de ids: con un diccionario se adivinarían en segundos."""
    publico = (oficina / "publica.db").read_bytes()
    privados = textos_privados(oficina / "privada.db")
    with closing(Database(oficina / "privada.db")) as db:
        telefonos = {f["telefono"] for f in db["identidad"].rows}
    assert len(telefonos) > 500
    encontrados = [
        texto
        for texto in (*sorted(privados)[::20], *sorted(telefonos)[::10])
        for algoritmo in ("md5", "sha1", "sha256", "blake2b")
        for forma in _formas(hashlib.new(algoritmo, texto.encode()).digest())
        if forma in publico
    ]
    assert encontrados == []


def _formas(crudo: bytes) -> tuple[bytes, ...]:
    """Cómo podría estar escrito: tal cual, en hexadecimal (mayúsculas o no) y en base 64; basta el principio."""
    return (crudo[:12], crudo.hex()[:16].encode(), crudo.hex()[:16].upper().encode(), base64.b64encode(crudo)[:16])
