"""Una plática entera, del cartel al dato publicado, con partes de verdad.

La titular da de alta el evento e imprime; 22 asistentes entran con su teléfono sin JavaScript; dos promotoras, sin
señal, registran a 18 más y prestan el teléfono para la encuesta; vuelve la señal, se cierra, se publica, y Datasette
enseña las celdas redondeadas. Cada cuenta esperada se hace aquí, aparte del programa.
"""

import hashlib
import hmac
import json
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright

from recoleccion.consultas import conexion, cuentas, eventos
from recoleccion.instalacion import ZONA_HORARIA, Instalacion
from recoleccion.publicador import publicar
from tests.navegador.actores import Asistente, TelefonoDePromotora, Titular
from tests.navegador.camara import video_de_imagenes
from tests.navegador.procesos import Servidor, jornada

CONTRASENA = "camino nube mesa"
FRASE = "tren olla pino luna sapo"
TITULO = "Plática en la plaza"
EDADES = {
    "18-29": "De 18 a 29 años",
    "30-44": "De 30 a 44 años",
    "45-59": "De 45 a 59 años",
    "60+": "60 años o más",
}
SEXOS = {"M": "Mujer", "H": "Hombre"}

# (modo, sexo, edad): lo que debe quedar en la base, contado a mano.
POR_TELEFONO = [("M", "18-29")] * 4 + [("M", "30-44")] * 5 + [("H", "30-44")] * 3
OTRA_PERSONA = [("M", "60+")] * 4
SIN_NOMBRE = 6
PRIMER_TELEFONO = {
    "credencial": [("M", "30-44")] * 2,
    "promotora": [("M", "45-59")] * 4,
    "conteo": [("H", "18-29")] * 4,
}
SEGUNDO_TELEFONO = {
    "credencial": [("M", "30-44")] * 2,
    "promotora": [("H", "60+")] * 3,
    "conteo": [("M", "18-29")] * 3,
}
NOMBRES = ["Eustolia Cruzado", "Herminia Tostado", "Petronila Bugarín", "Escolástica Mireles"]
ANTES_PARA_EL_TELEFONO = 5


def _esperadas() -> Counter[tuple[str, str, str]]:
    cuenta = Counter(("telefono", sexo, edad) for sexo, edad in POR_TELEFONO)
    cuenta.update(("otra_persona", sexo, edad) for sexo, edad in OTRA_PERSONA)
    cuenta[("telefono", "N", "nd")] += SIN_NOMBRE
    for registros in (PRIMER_TELEFONO, SEGUNDO_TELEFONO):
        cuenta.update((modo, sexo, edad) for modo, personas in registros.items() for sexo, edad in personas)
    return cuenta


def _antes(numero: int, sexo: str, edad: str) -> dict[str, str]:
    """K1: dos de cada tres saben la correcta; así las tres respuestas pasan de diez o se juntan."""
    return {"D1": sexo, "D2": edad, "K1": "V" if numero % 3 else "F", "C1": "N" if numero % 2 else "S"}


def _redondeada(n: int, secreto: bytes, lote: str, tabla: str, celda: list[str]) -> int:
    """El redondeo de publication.md, escrito otra vez."""
    texto = json.dumps(celda, ensure_ascii=False, separators=(",", ":"))
    sorteo = hmac.new(secreto, f"{lote}|{tabla}|{texto}".encode(), hashlib.sha256).digest()[:8]
    sube = int.from_bytes(sorteo, "big") / 2**64 < (n % 5) / 5
    return n // 5 * 5 + (5 if sube else 0)


@pytest.fixture
def oficina(tmp_path: Path):
    """Una oficina recién preparada, como lo haría quien instala, con dos promotoras."""
    datos = tmp_path / "datos"
    jornada("preparar", "--usuario", "titular", datos=datos, entrada=f"{CONTRASENA}\n")
    db = conexion.abrir(datos / "privada.db")
    for usuario in ("rosa", "elena"):
        cuentas.crear(
            db,
            usuario=usuario,
            nombre=usuario.title(),
            rol="promotora",
            contrasena=CONTRASENA,
            ahora=datetime.now(UTC),
        )
    db.close()
    servidor = Servidor(datos)
    yield servidor
    servidor.cerrar()


def test_una_platica_del_cartel_al_dato_publicado(
    oficina: Servidor, navegador: Browser, playwright: Playwright, tmp_path: Path
):
    titular = Titular(navegador, oficina.app, "titular", CONTRASENA)
    titular.crear_llave(FRASE)
    en_panel, clave = titular.crear_evento(TITULO, datetime.now(ZONA_HORARIA))
    tarjetas = titular.imprimir_credenciales(4, tmp_path)
    titular.abrir(en_panel)

    telefonos = []
    for usuario, cartas in (("rosa", tarjetas[:2]), ("elena", tarjetas[2:])):
        camara = video_de_imagenes(cartas, tmp_path / f"{usuario}.y4m")
        telefono = TelefonoDePromotora(playwright, tmp_path / f"perfil-{usuario}", oficina.app, camara)
        telefono.preparar(usuario, CONTRASENA)
        telefono.apagar_la_red()
        telefono.entrar_al_evento(TITULO)
        telefonos.append(telefono)

    _asistentes_con_su_telefono(navegador, oficina.app, clave)
    _promotoras_sin_senal(telefonos)
    assert len(_base(oficina.datos)["asistencia"]) == 22, "sin señal no llega nada de las promotoras"

    for telefono in telefonos:
        telefono.volver_la_red()
        telefono.cerrar()

    _cada_quien_una_vez(oficina.datos, en_panel.rsplit("/", 1)[-1])
    _ningun_nombre_a_la_vista(oficina.datos)
    assert sorted(titular.nombres_de_la_lista(en_panel, FRASE)) == sorted(NOMBRES)
    titular.cerrar(en_panel)
    _la_urna_se_abrio(oficina.datos)

    al_terminar = datetime.now(ZONA_HORARIA) + timedelta(days=100)  # un evento solo no se publica antes del trimestre
    publicar(Instalacion(oficina.datos, lambda: al_terminar), quien="titular", paso=lambda _: None)
    _datasette_ensena_lo_redondeado(oficina)
    _nada_privado_afuera(oficina)
    assert eventos.por_clave(conexion.abrir(oficina.datos / "privada.db"), clave)


def _asistentes_con_su_telefono(navegador: Browser, app: str, clave: str) -> None:
    nombres = iter(NOMBRES[:2])
    personas = [(*quien, False) for quien in POR_TELEFONO] + [(*quien, True) for quien in OTRA_PERSONA]
    for numero, (sexo, edad, otra) in enumerate(personas):
        asistente = Asistente(navegador, app, clave)
        asistente.registrarse(SEXOS[sexo], EDADES[edad], next(nombres, ""), otra=otra)
        asistente.contestar("Antes de empezar", _antes(numero, sexo, edad))
        assert all(pedido.startswith(app) for pedido in asistente.pedidos), "nada de terceros"
        asistente.irse()
    for numero in range(SIN_NOMBRE):
        asistente = Asistente(navegador, app, clave)
        asistente.asistir_sin_nombre()
        asistente.contestar("Antes de empezar", _antes(numero, "M", "18-29"))
        asistente.irse()


def _promotoras_sin_senal(telefonos: list[TelefonoDePromotora]) -> None:
    nombres = iter(NOMBRES[2:])
    for telefono, registros in zip(telefonos, (PRIMER_TELEFONO, SEGUNDO_TELEFONO), strict=True):
        sexo, edad = registros["credencial"][0]
        telefono.escanear(len(registros["credencial"]), SEXOS[sexo], EDADES[edad], "Del pueblo")
        nombre = next(nombres)
        for sexo, edad in registros["promotora"]:
            telefono.registrar(SEXOS[sexo], EDADES[edad], "Del pueblo", nombre)
            nombre = ""
        telefono.contar([(SEXOS[sexo], EDADES[edad]) for sexo, edad in registros["conteo"]])
        telefono.registrar("Hombre", EDADES["45-59"], "Prefiero no decir")
        telefono.deshacer_lo_ultimo()
        telefono.prestar(
            "Antes de empezar",
            [_antes(numero, sexo, "30-44") for numero, sexo in zip(range(ANTES_PARA_EL_TELEFONO), cycle("MH"))],
        )
        por_enviar = sum(map(len, registros.values())) + 2 + ANTES_PARA_EL_TELEFONO
        assert telefono.guardados() == por_enviar, "cada registro, la anulación y cada encuesta están en el teléfono"


def _base(datos: Path) -> dict[str, list[dict]]:
    db = conexion.abrir(datos / "privada.db", solo_lectura=True)
    try:
        tablas = ("asistencia", "asistencia_vigente", "identidad", "urna", "contestacion", "anulacion", "cuarentena")
        return {tabla: [dict(fila) for fila in db.execute(f"SELECT * FROM {tabla}")] for tabla in tablas}
    finally:
        db.close()


def _cada_quien_una_vez(datos: Path, evento: str) -> None:
    """Exactamente esas 40, una vez cada una; las dos deshechas quedan como anulación, no borradas."""
    base = _base(datos)
    vigentes = base["asistencia_vigente"]
    assert Counter((fila["modo"], fila["sexo"], fila["edad"]) for fila in vigentes) == _esperadas()
    assert sum(fila["personas"] for fila in vigentes) == 40
    assert {fila["evento_id"] for fila in vigentes} == {evento}
    assert len({fila["credencial_id"] for fila in vigentes if fila["credencial_id"]}) == 4
    assert len(base["anulacion"]) == 2
    assert len(base["asistencia"]) == 42
    assert base["cuarentena"] == []
    assert len(base["identidad"]) == len(NOMBRES)
    assert all(fila["nombre"] is None and fila["sobre"] for fila in base["identidad"])
    assert len(base["urna"]) == 22 + 2 * ANTES_PARA_EL_TELEFONO
    assert base["contestacion"] == []


def _ningun_nombre_a_la_vista(datos: Path) -> None:
    """Ni en la base, ni en su WAL, ni en ningún otro archivo de la oficina."""
    archivos = [archivo for archivo in datos.rglob("*") if archivo.is_file()]
    assert any(archivo.name == "privada.db-wal" for archivo in archivos)
    assert [a.name for a in archivos for nombre in NOMBRES if nombre.encode() in a.read_bytes()] == []


def _la_urna_se_abrio(datos: Path) -> None:
    base = _base(datos)
    assert base["urna"] == []
    contestadas = [json.loads(fila["respuestas"]) for fila in base["contestacion"]]
    assert Counter(respuestas["K1"] for respuestas in contestadas) == _k1()


def _k1() -> Counter[str]:
    numeros = [*range(16), *range(SIN_NOMBRE), *range(ANTES_PARA_EL_TELEFONO), *range(ANTES_PARA_EL_TELEFONO)]
    return Counter(_antes(numero, "M", "nd")["K1"] for numero in numeros)


def _datasette_ensena_lo_redondeado(oficina: Servidor) -> None:
    """Datasette toma el archivo nuevo sin reiniciar; 27 mujeres, 7 hombres: lo segundo no se enseña."""
    secreto = Instalacion(oficina.datos).secreto_publicacion
    lote = ""
    for _ in range(100):
        lotes = oficina.datos_publicos("/publica/lote.json?_shape=array")
        if lotes:
            lote = lotes[0]["lote"]
            break
        time.sleep(0.1)
    assert lote, "Datasette no tomó el archivo nuevo"

    filas = oficina.datos_publicos("/publica/asistencia_cubo.json?_shape=array&_size=max&eje__in=total,sexo,edad,zona")
    publicadas = {(fila["eje"], fila["grupo"]): fila["n"] for fila in filas}
    vigentes = _esperadas()
    mujeres = sum(n for (_, sexo, _), n in vigentes.items() if sexo == "M")
    hombres = sum(n for (_, sexo, _), n in vigentes.items() if sexo == "H")
    assert (mujeres, hombres) == (24, 10)

    def celda(eje: str, grupo: str, n: int) -> int | None:
        return _redondeada(n, secreto, lote, "asistencia_cubo", [eje, grupo]) if n >= 10 else None

    assert publicadas["total", "todas"] == 40
    assert publicadas["sexo", "M"] == celda("sexo", "M", mujeres)
    assert publicadas["sexo", "H"] == celda("sexo", "H", hombres)
    for edad in EDADES:
        n = sum(
            n
            for (
                _,
                _,
                edad_,
            ), n in vigentes.items()
            if edad_ == edad
        )
        assert publicadas["edad", edad] == celda("edad", edad, n), edad
    assert publicadas["edad", "0-17"] is None
    assert all(n is None or n % 5 == 0 for n in publicadas.values())

    k1 = _k1()
    respuestas = oficina.datos_publicos(
        "/publica/respuesta_cubo.json?_shape=array&_size=max&eje=total&instrumento=antes&pregunta=K1"
    )
    visibles = {fila["respuesta"]: fila["n"] for fila in respuestas if fila["n"] is not None}
    assert sum(k1.values()) == 32
    assert k1["V"] >= 10
    assert k1["F"] >= 10
    assert len(visibles) == 2, "nadie dijo «No sé»: se junta con la equivocada y quedan dos"
    assert sum(visibles.values()) in (25, 30, 35, 40)


def _nada_privado_afuera(oficina: Servidor) -> None:
    """Ni en lo publicado ni en lo que los procesos escribieron."""
    publica = (oficina.datos / "publica.db").read_bytes()
    registros = oficina.salida.read_bytes() + b"".join(ruta.read_bytes() for ruta in oficina.datos.glob("*.log"))
    for nombre in NOMBRES:
        for parte in nombre.split():
            assert parte.encode() not in publica
            assert parte.encode() not in registros
    privada = b"".join(ruta.read_bytes() for ruta in oficina.datos.glob("privada.db*"))
    assert TITULO.encode() in privada, "el detector sí encuentra lo que está a la vista"
    assert not any(nombre.encode() in privada for nombre in NOMBRES)
