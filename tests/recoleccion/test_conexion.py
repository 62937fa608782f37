"""Cómo se abre la base, cuándo se niega y qué pasa cuando muchos escriben o el disco se llena."""

import errno
import threading
import time

import pytest
from fabrica import HORA, contar
from sqlite_utils.utils import sqlite3

from recoleccion.consultas import ajustes, conexion, recepcion
from recoleccion.errores import CATALOGO, ErrorJornada

# Las ve el administrador: cada una dice qué pasó y qué hacer.
HILOS = 8


def codigo(que, *argumentos) -> str:
    with pytest.raises(ErrorJornada) as error:
        que(*argumentos)
    assert error.value.mensaje
    assert error.value.que_hacer
    return error.value.codigo


def test_cada_error_tiene_frase_remedio_y_estado():
    for mensaje, que_hacer, estado in CATALOGO.values():
        assert mensaje.endswith(".")
        assert que_hacer.endswith(".")
        assert 400 <= estado < 600


def test_la_base_se_abre_con_lo_que_pide_la_durabilidad(base):
    valores = {
        p: base.execute(f"PRAGMA {p}").fetchone()[0]
        for p in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "trusted_schema")
    }
    assert valores == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "trusted_schema": 0,
    }
    assert base.conn.isolation_level is None


def test_la_base_recien_preparada_pasa_la_revision_y_prepararla_otra_vez_no_cambia_nada(tmp_path):
    ruta = tmp_path / "privada.db"
    conexion.preparar(ruta)
    conexion.verificar(ruta)
    db = conexion.abrir(ruta)
    antes = [tuple(f) for f in db.execute("SELECT * FROM ajuste")]
    conexion.preparar(ruta)
    assert [tuple(f) for f in db.execute("SELECT * FROM ajuste")] == antes
    assert {clave for clave, _ in antes} == {"epoca", "sal_credenciales"}
    assert ruta.stat().st_mode & 0o077 == 0
    db.close()


def test_todas_las_tablas_son_estrictas(base):
    sueltas = [f["name"] for f in base.execute("PRAGMA table_list") if f["type"] == "table" and not f["strict"]]
    assert [t for t in sueltas if not t.startswith(("sqlite_", "_sqlite_migrations"))] == []


def test_sin_archivo_se_dice_como_prepararlo(tmp_path):
    assert codigo(conexion.abrir, tmp_path / "nada.db") == "no_hay_base"
    assert codigo(conexion.verificar, tmp_path / "nada.db") == "no_hay_base"
    assert not (tmp_path / "nada.db").exists()


def test_una_base_sin_preparar_no_se_usa(tmp_path):
    vacia = tmp_path / "privada.db"
    vacia.touch()
    assert codigo(conexion.verificar, vacia) == "no_hay_base"


@pytest.mark.parametrize("como", ["texto", "cabecera", "adentro", "cortada"])
def test_una_base_danada_se_niega_y_no_se_toca(tmp_path, como):
    ruta = tmp_path / "privada.db"
    conexion.preparar(ruta)
    bueno = bytearray(ruta.read_bytes())
    if como == "texto":
        bueno = bytearray(b"esto no es una base\n" * 400)
    elif como == "cabecera":
        bueno[:100] = bytes(100)
    elif como == "adentro":
        for pagina in range(1, len(bueno) // 4096):
            bueno[pagina * 4096 : pagina * 4096 + 200] = b"\xee" * 200
    else:
        del bueno[len(bueno) // 2 :]
    ruta.write_bytes(bueno)
    assert codigo(conexion.verificar, ruta) == "base_danada"
    assert ruta.read_bytes() == bytes(bueno)


def test_una_base_mas_nueva_se_niega(tmp_path):
    ruta = tmp_path / "privada.db"
    conexion.preparar(ruta)
    db = conexion.abrir(ruta)
    db.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('recoleccion', 'm999_futuro', '2030')"
    )
    db.close()
    assert codigo(conexion.verificar, ruta) == "base_mas_nueva"
    assert codigo(conexion.preparar, ruta) == "base_mas_nueva"


def test_se_advierte_de_un_sqlite_con_el_defecto_conocido():
    assert conexion.advertencia_de_version("3.51.3") is None
    assert conexion.advertencia_de_version("3.53.0") is None
    assert "3.40.1" in (conexion.advertencia_de_version("3.40.1") or "")


def test_solo_lectura_no_escribe(base, datos):
    lectora = conexion.abrir(datos / "privada.db", solo_lectura=True)
    assert ajustes.leer(lectora, "epoca")
    assert codigo(ajustes.guardar, lectora, "epoca", "otra") == "base_sin_permiso"
    lectora.close()


def test_un_fallo_a_media_escritura_no_deja_nada(base):
    def fallar():
        with conexion.escritura(base):
            ajustes.guardar(base, "municipio", "a medias")
            raise RuntimeError("corte")

    antes = ajustes.leer(base, "municipio")
    with pytest.raises(RuntimeError):
        fallar()
    assert ajustes.leer(base, "municipio") == antes
    assert not base.conn.in_transaction


def test_ocho_hilos_escribiendo_a_la_vez_nunca_ven_la_base_ocupada(datos, fabrica):
    lotes = [fabrica.lote(*[fabrica.sellar(fabrica.conteo()) for _ in range(5)]) for _ in range(HILOS * 10)]
    fallos: list[BaseException] = []
    estados: list[str] = []

    def trabajar(mios):
        db = conexion.abrir(datos / "privada.db")
        try:
            for cuerpo in mios:
                acuse = recepcion.recibir_lote(db, cuerpo, dispositivo_id=None, sello=fabrica.sello, ahora=HORA)
                estados.extend(a["estado"] for a in acuse["acuses"])
        except BaseException as error:  # se mira afuera del hilo
            fallos.append(error)
        finally:
            db.close()

    hilos = [threading.Thread(target=trabajar, args=(lotes[n::HILOS],)) for n in range(HILOS)]
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join()
    assert fallos == []
    assert estados == ["aceptado"] * (HILOS * 50)


def bitacora(datos) -> int:
    """Bytes de la WAL; cero también si no hay."""
    wal = datos / "privada.db-wal"
    return wal.stat().st_size if wal.exists() else 0


def anotar_en_otra(datos, valor: str) -> None:
    """Como una petición: abre, escribe y cierra."""
    db = conexion.abrir(datos / "privada.db")
    ajustes.guardar(db, "prueba", valor)
    db.close()


def test_mientras_se_atiende_cerrar_una_peticion_no_pasa_la_bitacora_y_al_terminar_si(datos):
    anotar_en_otra(datos, "sin nadie más, al cerrar se pasa")
    assert bitacora(datos) == 0
    with conexion.mantener_abierta(datos / "privada.db", cada=60):
        anotar_en_otra(datos, "se queda en la bitácora")
        assert bitacora(datos) > 0
    assert not (datos / "privada.db-wal").exists()


def test_mientras_se_atiende_lo_borrado_no_se_queda_en_la_bitacora_aunque_alguien_leyera(datos):
    lector = conexion.abrir(datos / "privada.db")
    with conexion.mantener_abierta(datos / "privada.db", cada=0.01):
        lector.execute("BEGIN")
        lector.execute("SELECT * FROM ajuste").fetchall()
        anotar_en_otra(datos, "SECRETO-BORRADO")
        anotar_en_otra(datos, "otra cosa")
        time.sleep(0.1)
        assert b"SECRETO-BORRADO" in (datos / "privada.db-wal").read_bytes()  # el control: quien lee la detiene
        lector.execute("COMMIT")
        limite = time.monotonic() + 20
        while bitacora(datos) and time.monotonic() < limite:
            time.sleep(0.01)
        assert bitacora(datos) == 0
        assert b"SECRETO-BORRADO" not in (datos / "privada.db").read_bytes()
    lector.close()


def test_vaciar_la_bitacora_sin_parar_no_estorba_a_ocho_hilos_que_escriben(datos):
    fallas, escritos = [], []

    def escribir(hilo: int) -> None:
        try:
            for n in range(15):
                anotar_en_otra(datos, f"{hilo}-{n}")
                escritos.append(n)
        except ErrorJornada as error:
            fallas.append(error)

    with conexion.mantener_abierta(datos / "privada.db", cada=0.001):
        hilos = [threading.Thread(target=escribir, args=(hilo,)) for hilo in range(HILOS)]
        for hilo in hilos:
            hilo.start()
        for hilo in hilos:
            hilo.join()
    assert fallas == []
    assert len(escritos) == HILOS * 15
    conexion.verificar(datos / "privada.db")


def test_una_escritura_atorada_no_impide_cerrar(base, datos, monkeypatch):
    monkeypatch.setattr(conexion, "ESPERA_MS", 50)
    antes = set(threading.enumerate())
    with conexion.escritura(base):
        with conexion.mantener_abierta(datos / "privada.db", cada=0.001):
            time.sleep(0.05)  # el hilo ya espera el candado
        [hilo] = set(threading.enumerate()) - antes
    hilo.join(10)
    assert not hilo.is_alive()


def test_no_se_mantiene_abierta_una_base_que_no_hay(tmp_path):
    with pytest.raises(ErrorJornada), conexion.mantener_abierta(tmp_path / "privada.db"):
        pass


def test_el_control_sin_candado_ni_begin_immediate_si_se_estorba(datos):
    """Si esta prueba dejara de fallar por dentro, la de los ocho hilos no estaría probando nada."""
    una, otra = (sqlite3.connect(datos / "privada.db", timeout=0.05, isolation_level=None) for _ in range(2))
    try:
        for cada in (una, otra):
            cada.execute("BEGIN")
            cada.execute("SELECT count(*) FROM ajuste").fetchone()
        una.execute("UPDATE ajuste SET valor = valor")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            otra.execute("UPDATE ajuste SET valor = valor")
    finally:
        una.close()
        otra.close()


def test_otro_proceso_que_no_suelta_la_base_da_un_error_que_se_entiende(base, datos):
    otra = sqlite3.connect(datos / "privada.db", isolation_level=None)
    otra.execute("BEGIN IMMEDIATE")
    base.execute("PRAGMA busy_timeout = 50")
    try:
        assert codigo(ajustes.guardar, base, "municipio", "x") == "base_ocupada"
    finally:
        otra.close()


def llenar_disco(db) -> None:
    """Deja la base sin lugar para crecer, como un disco lleno."""
    paginas = db.execute("PRAGMA page_count").fetchone()[0]
    db.execute(f"PRAGMA max_page_count = {paginas}")


def test_con_el_disco_lleno_no_se_acusa_nada_y_nada_queda_a_medias(base, fabrica):
    llenar_disco(base)
    sellados = [fabrica.sellar(fabrica.asistencia(nombre="N" * 150)) for _ in range(300)]
    cuerpo = fabrica.lote(*sellados)
    recibir = lambda: recepcion.recibir_lote(base, cuerpo, dispositivo_id=None, sello=fabrica.sello, ahora=HORA)  # noqa: E731
    with pytest.raises(ErrorJornada) as error:
        recibir()
    assert (error.value.codigo, error.value.http_status) == ("disco_lleno", 507)
    assert (contar(base, "asistencia"), contar(base, "recibido"), contar(base, "cuarentena")) == (0, 0, 0)
    base.execute("PRAGMA max_page_count = 100000")
    assert {a["estado"] for a in recibir()["acuses"]} == {"aceptado"}


@pytest.mark.parametrize(
    ("error", "esperado"),
    [
        (sqlite3.OperationalError("database or disk is full"), "disco_lleno"),
        (OSError(errno.ENOSPC, "No space left on device"), "disco_lleno"),
        (sqlite3.OperationalError("disk I/O error"), "disco_falla"),
        (sqlite3.OperationalError("database is locked"), "base_ocupada"),
        (sqlite3.OperationalError("attempt to write a readonly database"), "base_sin_permiso"),
        (sqlite3.DatabaseError("database disk image is malformed"), "base_danada"),
        (sqlite3.OperationalError("otra cosa"), "base_fallo"),
    ],
)
def test_los_fallos_del_disco_se_traducen(tmp_path, error, esperado):
    def fallar():
        with conexion.traducir(tmp_path / "privada.db"):
            raise error

    assert codigo(fallar) == esperado
