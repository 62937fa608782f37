"""El esquema de ``privada.db``: una función por migración, en orden, nunca reescritas después de publicarse.

Tres cosas mandan en este archivo: ningún registro se pierde ni se duplica (``recibido`` recuerda cada id con
su huella), ninguna contestación se puede unir con una persona (``urna`` y ``contestacion`` no llevan hora,
dispositivo ni orden) y cada dato que se guarda tiene un indicador que lo usa.
"""

from sqlite_utils import Database, Migrations
from sqlite_utils.utils import sqlite3

from .esquema_bitacora import M010, encadenar_lo_que_hay
from .esquema_cuentas import M011
from .esquema_derechos import M013
from .esquema_escritorio import M009
from .esquema_llave import M012

migraciones = Migrations("recoleccion")

_M001 = """
CREATE TABLE ajuste (clave TEXT PRIMARY KEY, valor TEXT NOT NULL) STRICT;

CREATE TABLE cuenta (
  id TEXT PRIMARY KEY, usuario TEXT NOT NULL UNIQUE COLLATE NOCASE, nombre TEXT NOT NULL,
  rol TEXT NOT NULL CHECK (rol IN ('promotora', 'titular', 'analista', 'administra')),
  contrasena TEXT NOT NULL, activa INTEGER NOT NULL DEFAULT 1 CHECK (activa IN (0, 1)), creada_en TEXT NOT NULL
) STRICT;

CREATE TABLE dispositivo (
  id TEXT PRIMARY KEY, nombre TEXT NOT NULL, cuenta_id TEXT NOT NULL REFERENCES cuenta (id),
  token_huella TEXT NOT NULL UNIQUE, creado_en TEXT NOT NULL, revocado_en TEXT,
  visto_en TEXT, pendientes INTEGER, sesgo_ms INTEGER, version_app TEXT
) STRICT;

CREATE TABLE evento (
  id TEXT PRIMARY KEY, titulo TEXT NOT NULL, tipo TEXT NOT NULL, tema TEXT NOT NULL,
  fecha TEXT NOT NULL, hora_inicio TEXT NOT NULL, hora_fin TEXT NOT NULL,
  sede TEXT NOT NULL, localidad TEXT NOT NULL, zona TEXT NOT NULL, programa TEXT NOT NULL, efemeride TEXT,
  pide_nombre INTEGER NOT NULL DEFAULT 1 CHECK (pide_nombre IN (0, 1)),
  pide_telefono INTEGER NOT NULL DEFAULT 0 CHECK (pide_telefono IN (0, 1)),
  pide_procedencia INTEGER NOT NULL DEFAULT 1 CHECK (pide_procedencia IN (0, 1)),
  autorizacion_escolar INTEGER NOT NULL DEFAULT 0 CHECK (autorizacion_escolar IN (0, 1)),
  estado TEXT NOT NULL DEFAULT 'programado' CHECK (estado IN ('programado', 'abierto', 'cerrado', 'cancelado')),
  creado_en TEXT NOT NULL, abierto_en TEXT, cerrado_en TEXT
) STRICT;
CREATE INDEX evento_fecha ON evento (fecha);

-- El código del cartel: se puede revocar y reimprimir sin tocar el evento.
CREATE TABLE evento_clave (
  clave TEXT PRIMARY KEY, evento_id TEXT NOT NULL REFERENCES evento (id),
  creada_en TEXT NOT NULL, revocada_en TEXT
) STRICT;
CREATE INDEX evento_clave_evento ON evento_clave (evento_id);

CREATE TABLE linea_poa (
  ejercicio INTEGER NOT NULL, clave TEXT NOT NULL, orden INTEGER NOT NULL,
  tipo TEXT NOT NULL CHECK (tipo IN ('meta', 'accion')), texto TEXT NOT NULL,
  indicador TEXT, unidad TEXT, meta_anual REAL, t1 REAL, t2 REAL, t3 REAL, t4 REAL, linea_base REAL, responsable TEXT,
  PRIMARY KEY (ejercicio, clave)
) STRICT;

CREATE TABLE evento_linea (
  evento_id TEXT NOT NULL REFERENCES evento (id), ejercicio INTEGER NOT NULL, linea TEXT NOT NULL,
  PRIMARY KEY (evento_id, ejercicio, linea),
  FOREIGN KEY (ejercicio, linea) REFERENCES linea_poa (ejercicio, clave)
) STRICT;

-- Un instrumento con contestaciones no cambia: un cambio es otra versión.
CREATE TABLE instrumento (
  clave TEXT NOT NULL, version INTEGER NOT NULL, titulo TEXT NOT NULL, huella TEXT NOT NULL, modelo TEXT NOT NULL,
  PRIMARY KEY (clave, version)
) STRICT;

CREATE TABLE evento_encuesta (
  evento_id TEXT NOT NULL REFERENCES evento (id), orden INTEGER NOT NULL,
  instrumento TEXT NOT NULL, version INTEGER NOT NULL,
  PRIMARY KEY (evento_id, instrumento), FOREIGN KEY (instrumento, version) REFERENCES instrumento (clave, version)
) STRICT;

-- Directorio de instituciones y líneas de ayuda: alimenta toda pantalla de ayuda.
CREATE TABLE institucion (
  id TEXT PRIMARY KEY, orden INTEGER NOT NULL, nombre TEXT NOT NULL, servicio TEXT NOT NULL, telefono TEXT NOT NULL,
  horario TEXT, propia INTEGER NOT NULL DEFAULT 0 CHECK (propia IN (0, 1)),
  en_ayuda INTEGER NOT NULL DEFAULT 1 CHECK (en_ayuda IN (0, 1)), verificado_el TEXT
) STRICT;

CREATE TABLE aviso (
  version INTEGER PRIMARY KEY, simplificado TEXT NOT NULL, integral TEXT NOT NULL, leido TEXT NOT NULL,
  vigente_desde TEXT NOT NULL
) STRICT;

CREATE TABLE credencial (
  id TEXT PRIMARY KEY, folio TEXT NOT NULL UNIQUE, verificador TEXT NOT NULL UNIQUE, datos_cifrados TEXT,
  impresa_en TEXT NOT NULL, revocada_en TEXT
) STRICT;

-- personas > 1 sólo en modo 'conteo'. lote: el corte en que se contó; nulo mientras espera.
CREATE TABLE asistencia (
  id TEXT PRIMARY KEY, evento_id TEXT NOT NULL REFERENCES evento (id),
  modo TEXT NOT NULL CHECK (modo IN ('telefono', 'otra_persona', 'promotora', 'credencial', 'conteo')),
  sexo TEXT NOT NULL, edad TEXT NOT NULL, procedencia TEXT NOT NULL,
  personas INTEGER NOT NULL DEFAULT 1 CHECK (personas BETWEEN 1 AND 500),
  aviso_version INTEGER NOT NULL REFERENCES aviso (version), credencial_id TEXT REFERENCES credencial (id),
  dispositivo_id TEXT REFERENCES dispositivo (id), hora_dispositivo TEXT, sesgo_ms INTEGER,
  recibido_en TEXT NOT NULL, lote TEXT
) STRICT;
CREATE INDEX asistencia_evento ON asistencia (evento_id, credencial_id);
CREATE INDEX asistencia_lote ON asistencia (lote);

-- Quién es: aparte, para que borrarlo no toque las cuentas. Nunca sale de esta base.
CREATE TABLE identidad (
  asistencia_id TEXT PRIMARY KEY REFERENCES asistencia (id), nombre TEXT, telefono TEXT
) STRICT;

-- Una anulación es un hecho agregado; puede llegar antes que lo que anula.
CREATE TABLE anulacion (
  id TEXT PRIMARY KEY, registro_id TEXT NOT NULL, evento_id TEXT NOT NULL REFERENCES evento (id),
  dispositivo_id TEXT REFERENCES dispositivo (id), hora_dispositivo TEXT, sesgo_ms INTEGER, recibido_en TEXT NOT NULL
) STRICT;
CREATE INDEX anulacion_registro ON anulacion (registro_id);

-- Lo que nadie anuló. hora_corregida (día juliano UTC): la del teléfono menos su sesgo; sin ella, la de llegada.
CREATE VIEW asistencia_vigente AS
  SELECT a.*, coalesce(julianday(a.hora_dispositivo) - coalesce(a.sesgo_ms, 0) / 86400000.0, julianday(a.recibido_en))
    AS hora_corregida
  FROM asistencia a WHERE NOT EXISTS (SELECT 1 FROM anulacion n WHERE n.registro_id = a.id);

-- Lo que se cuenta: una credencial, una vez por evento. Gana la que ya se contó en un lote; luego, la primera en hora.
CREATE VIEW asistencia_contada AS
  SELECT a.* FROM asistencia_vigente a WHERE a.credencial_id IS NULL OR NOT EXISTS (
    SELECT 1 FROM asistencia_vigente b
    WHERE b.evento_id = a.evento_id AND b.credencial_id = a.credencial_id
      AND (b.lote IS NULL, b.hora_corregida, b.id) < (a.lote IS NULL, a.hora_corregida, a.id));

-- Memoria de la sincronización: sin hora, sin dispositivo, sin tipo.
CREATE TABLE recibido (id TEXT PRIMARY KEY, huella TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE cuarentena (
  id TEXT PRIMARY KEY, registro_id TEXT NOT NULL, huella TEXT NOT NULL, bytes BLOB NOT NULL,
  codigo TEXT NOT NULL, dispositivo_id TEXT, recibido_el TEXT NOT NULL, resuelta_en TEXT, resolucion TEXT,
  UNIQUE (registro_id, huella)
) STRICT;

-- La urna: un sobre por contestación, atado sólo al evento. Se vacía al abrirla.
CREATE TABLE urna (
  id TEXT PRIMARY KEY, evento_id TEXT NOT NULL REFERENCES evento (id),
  instrumento TEXT NOT NULL, version INTEGER NOT NULL, sobre BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Lo que sale de la urna, revuelto, con llaves nuevas al azar.
CREATE TABLE contestacion (
  id TEXT PRIMARY KEY, mes TEXT NOT NULL, programa TEXT NOT NULL, zona TEXT, instrumento TEXT NOT NULL,
  version INTEGER NOT NULL, sexo TEXT, edad TEXT, respuestas TEXT NOT NULL, lote TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE cambio (
  id TEXT PRIMARY KEY, mes TEXT NOT NULL, programa TEXT NOT NULL, zona TEXT, sexo TEXT, edad TEXT,
  cambios TEXT NOT NULL, lote TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE recuento_evento (
  evento_id TEXT NOT NULL REFERENCES evento (id), instrumento TEXT NOT NULL, version INTEGER NOT NULL,
  pregunta TEXT NOT NULL, respuesta TEXT NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (evento_id, instrumento, version, pregunta, respuesta)
) STRICT;

-- Texto libre (I2, S7): aparte de las respuestas, lo lee la titular, nunca se publica.
CREATE TABLE comentario (
  id TEXT PRIMARY KEY, mes TEXT NOT NULL, programa TEXT NOT NULL, instrumento TEXT NOT NULL,
  pregunta TEXT NOT NULL, texto TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- El libro: lo que se publicó en cada lote, de donde publica.db se rehace igual byte por byte.
CREATE TABLE lote_publicacion (
  lote TEXT PRIMARY KEY, desde TEXT NOT NULL, hasta TEXT NOT NULL,
  estado TEXT NOT NULL CHECK (estado IN ('asignado', 'asentado')), asentado_el TEXT, reglas TEXT
) STRICT;

CREATE TABLE libro (
  lote TEXT NOT NULL REFERENCES lote_publicacion (lote), tabla TEXT NOT NULL, celda TEXT NOT NULL, valor TEXT NOT NULL,
  PRIMARY KEY (lote, tabla, celda)
) STRICT, WITHOUT ROWID;

CREATE TABLE bitacora (
  id INTEGER PRIMARY KEY, cuando TEXT NOT NULL, quien TEXT NOT NULL, accion TEXT NOT NULL, objeto TEXT NOT NULL,
  detalle TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TRIGGER bitacora_no_cambia BEFORE UPDATE ON bitacora BEGIN SELECT RAISE(ABORT, 'la bitacora no se cambia'); END;
CREATE TRIGGER bitacora_no_se_borra BEFORE DELETE ON bitacora BEGIN SELECT RAISE(ABORT, 'la bitacora no se borra'); END;
"""

_M002 = """
-- La llave con que firma un teléfono (punto P-256 sin comprimir, base64 url) y cómo anda su almacén.
ALTER TABLE dispositivo ADD COLUMN llave_publica TEXT;
ALTER TABLE dispositivo ADD COLUMN almacen_persiste INTEGER CHECK (almacen_persiste IN (0, 1));
ALTER TABLE dispositivo ADD COLUMN almacen_usado INTEGER CHECK (almacen_usado BETWEEN 0 AND 100);

-- El código que la titular muestra para agregar un teléfono: sólo su resumen, para un teléfono y por diez minutos.
CREATE TABLE alta_dispositivo (
  id TEXT PRIMARY KEY, codigo_huella TEXT NOT NULL UNIQUE, cuenta_id TEXT NOT NULL REFERENCES cuenta (id),
  creada_en TEXT NOT NULL, vence_en TEXT NOT NULL, dispositivo_id TEXT REFERENCES dispositivo (id)
) STRICT;
"""

_M003 = """
-- Con qué se hizo la huella de lo registrado en línea; se destruye al cerrar el evento (ver memoria.py).
CREATE TABLE llave_evento (
  evento_id TEXT PRIMARY KEY REFERENCES evento (id), id TEXT NOT NULL UNIQUE, llave BLOB NOT NULL
) STRICT, WITHOUT ROWID;
"""

_M004 = """
-- Llave de la oficina: la mitad pública, y la privada envuelta bajo la frase de la titular y bajo un código en papel.
CREATE TABLE llave_oficina (id TEXT PRIMARY KEY, publica TEXT NOT NULL UNIQUE, creada_en TEXT NOT NULL) STRICT;
CREATE TABLE llave_envoltura (
  llave_id TEXT NOT NULL REFERENCES llave_oficina (id), por TEXT NOT NULL, parametros TEXT NOT NULL,
  cifrada BLOB NOT NULL, cambiada_en TEXT NOT NULL, PRIMARY KEY (llave_id, por)
) STRICT, WITHOUT ROWID;

-- Nombre y teléfono sellados para esa llave. Las columnas en claro sólo se usan mientras no la haya.
ALTER TABLE identidad ADD COLUMN sobre BLOB;
"""

_M005 = """
-- Qué promotora registró, si lo dijo en el teléfono: para «quién registró cuántas». Nunca en una contestación.
ALTER TABLE asistencia ADD COLUMN promotora_id TEXT REFERENCES cuenta (id);
ALTER TABLE anulacion ADD COLUMN promotora_id TEXT REFERENCES cuenta (id);
"""

_M006 = """
-- Cuándo se guardó cada versión de una encuesta y si dejó de ofrecerse; de las que ya había no se sabe cuándo.
ALTER TABLE instrumento ADD COLUMN guardado_en TEXT;
ALTER TABLE instrumento ADD COLUMN retirado_en TEXT;
-- Una pregunta por pantalla: lo elige la titular en cada evento.
ALTER TABLE evento_encuesta ADD COLUMN por_pantalla INTEGER NOT NULL DEFAULT 0 CHECK (por_pantalla IN (0, 1));
-- La encuesta que se está escribiendo en el panel; la revisión evita que dos ventanas se pisen.
CREATE TABLE instrumento_borrador (
  clave TEXT PRIMARY KEY, modelo TEXT NOT NULL, revision INTEGER NOT NULL, guardado_en TEXT NOT NULL
) STRICT;
"""

_M007 = """
-- Con qué aplicación envía: la nuestra, u otra que hable OpenRosa (ODK Collect, KoboCollect), que no firma ni sella.
ALTER TABLE dispositivo ADD COLUMN clase TEXT NOT NULL DEFAULT 'pwa' CHECK (clase IN ('pwa', 'odk'));
"""

_M008 = """
-- De qué trata cada texto libre, según la titular, en una lista cerrada. Sin fecha: no dice cuándo lo leyó.
CREATE TABLE comentario_clave (
  comentario_id TEXT PRIMARY KEY REFERENCES comentario (id), clave TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""


@migraciones()
def m001_inicial(db: Database) -> None:
    """Tablas de la primera versión."""
    for sentencia in _sentencias(_M001):
        db.execute(sentencia)


@migraciones()
def m002_firma_y_alta_de_telefonos(db: Database) -> None:
    """Firma de los teléfonos, altas con código y estado de su almacén."""
    for sentencia in _sentencias(_M002):
        db.execute(sentencia)


@migraciones()
def m003_llave_de_las_huellas(db: Database) -> None:
    """Las huellas de lo registrado en línea llevan llave."""
    for sentencia in _sentencias(_M003):
        db.execute(sentencia)


@migraciones()
def m004_llave_de_la_oficina(db: Database) -> None:
    """Nombres y teléfonos en su propio sobre."""
    for sentencia in _sentencias(_M004):
        db.execute(sentencia)


@migraciones()
def m005_quien_registra(db: Database) -> None:
    """Qué promotora registró."""
    for sentencia in _sentencias(_M005):
        db.execute(sentencia)


@migraciones()
def m006_encuestas_de_la_oficina(db: Database) -> None:
    """Versiones con fecha, encuestas retiradas, borradores y una pregunta por pantalla."""
    for sentencia in _sentencias(_M006):
        db.execute(sentencia)


@migraciones()
def m007_otras_aplicaciones(db: Database) -> None:
    """Teléfonos con ODK Collect o KoboCollect."""
    for sentencia in _sentencias(_M007):
        db.execute(sentencia)


@migraciones()
def m008_de_que_tratan_los_textos(db: Database) -> None:
    """Los textos libres, clasificados."""
    for sentencia in _sentencias(_M008):
        db.execute(sentencia)


@migraciones()
def m009_el_escritorio(db: Database) -> None:
    """El programa anual con sus metas, actividades, series, evidencias, papel e informes."""
    for sentencia in _sentencias(M009):
        db.execute(sentencia)


@migraciones()
def m010_la_bitacora_encadenada(db: Database) -> None:
    """Cada renglón de la bitácora lleva la huella del anterior."""
    for sentencia in _sentencias(M010):
        db.execute(sentencia)
    encadenar_lo_que_hay(db)


@migraciones()
def m011_las_cuentas(db: Database) -> None:
    """Sesiones en el servidor, llaves de acceso, segundo paso y códigos de un uso."""
    for sentencia in _sentencias(M011):
        db.execute(sentencia)


@migraciones()
def m013_los_derechos(db: Database) -> None:
    """El cuaderno de llaves, las solicitudes ARCO y las actas."""
    for sentencia in _sentencias(M013):
        db.execute(sentencia)


@migraciones()
def m012_la_llave_que_se_cambia(db: Database) -> None:
    """La llave de la oficina se puede cambiar por otra."""
    for sentencia in _sentencias(M012):
        db.execute(sentencia)


def _sentencias(guion: str) -> list[str]:
    """Parte un guion SQL en sentencias completas (``executescript`` confirmaría a media migración)."""

    sentencias, actual = [], ""
    for linea in guion.splitlines():
        actual += linea + "\n"
        if actual.strip() and sqlite3.complete_statement(actual):
            sentencias.append(actual.strip())
            actual = ""
    return sentencias
