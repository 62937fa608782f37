"""La migración de los derechos (m013): con qué llave se cubre cada nombre, y las solicitudes ARCO."""

M013 = """
-- La ranura del cuaderno (cuaderno_llaves.py) que cubre cada cosa con nombres; sin ella, sólo la llave de la oficina.
ALTER TABLE identidad ADD COLUMN ranura INTEGER;
ALTER TABLE evidencia ADD COLUMN ranura INTEGER;
ALTER TABLE hoja_borrador ADD COLUMN ranura INTEGER;
ALTER TABLE cuarentena ADD COLUMN ranura INTEGER;

-- De qué cuaderno es esta base, por qué ranura va y hasta cuál hay hechas. La marca también va en el archivo.
CREATE TABLE cuaderno (
  unico INTEGER PRIMARY KEY CHECK (unico = 1), id BLOB NOT NULL, marca BLOB NOT NULL,
  siguiente INTEGER NOT NULL, hechas INTEGER NOT NULL
) STRICT;
INSERT INTO cuaderno VALUES (1, randomblob(16), randomblob(16), 0, 0);

-- Las ranuras borradas. «rematada»: ya consta en el cuaderno. La huella (del id del registro, o vacía si sólo se
-- soltó) impide que el nombre vuelva cuando un teléfono lo ofrezca otra vez.
CREATE TABLE ranura_borrada (
  ranura INTEGER PRIMARY KEY, huella BLOB NOT NULL, rematada INTEGER NOT NULL DEFAULT 0 CHECK (rematada IN (0, 1))
) STRICT;
CREATE INDEX identidad_descubierta ON identidad (asistencia_id) WHERE ranura IS NULL;
CREATE INDEX ranura_borrada_huella ON ranura_borrada (huella) WHERE length(huella) > 0;

-- Lo que se quita, por donde sea, suelta su ranura: nada se borra de la base y se queda abierto en un respaldo viejo.
CREATE TRIGGER identidad_se_va AFTER DELETE ON identidad
  WHEN OLD.ranura IS NOT NULL BEGIN
  INSERT INTO ranura_borrada (ranura, huella) SELECT OLD.ranura, x''
    WHERE NOT EXISTS (SELECT 1 FROM ranura_borrada WHERE ranura = OLD.ranura); END;
CREATE TRIGGER identidad_otra_ranura AFTER UPDATE OF ranura ON identidad
  WHEN OLD.ranura IS NOT NULL AND OLD.ranura IS NOT NEW.ranura BEGIN
  INSERT INTO ranura_borrada (ranura, huella) SELECT OLD.ranura, x''
    WHERE NOT EXISTS (SELECT 1 FROM ranura_borrada WHERE ranura = OLD.ranura); END;
CREATE TRIGGER evidencia_se_quita AFTER UPDATE OF quitada_en ON evidencia
  WHEN OLD.ranura IS NOT NULL AND OLD.quitada_en IS NULL AND NEW.quitada_en IS NOT NULL BEGIN
  INSERT INTO ranura_borrada (ranura, huella) SELECT OLD.ranura, x''
    WHERE NOT EXISTS (SELECT 1 FROM ranura_borrada WHERE ranura = OLD.ranura); END;
CREATE TRIGGER hoja_borrador_se_va AFTER DELETE ON hoja_borrador
  WHEN OLD.ranura IS NOT NULL BEGIN
  INSERT INTO ranura_borrada (ranura, huella) SELECT OLD.ranura, x''
    WHERE NOT EXISTS (SELECT 1 FROM ranura_borrada WHERE ranura = OLD.ranura); END;
CREATE TRIGGER cuarentena_se_va AFTER DELETE ON cuarentena
  WHEN OLD.ranura IS NOT NULL BEGIN
  INSERT INTO ranura_borrada (ranura, huella) SELECT OLD.ranura, x''
    WHERE NOT EXISTS (SELECT 1 FROM ranura_borrada WHERE ranura = OLD.ranura); END;
CREATE TRIGGER cuarentena_se_vacia AFTER UPDATE OF bytes ON cuarentena
  WHEN OLD.ranura IS NOT NULL AND length(OLD.bytes) > 0 AND length(NEW.bytes) = 0 BEGIN
  INSERT INTO ranura_borrada (ranura, huella) SELECT OLD.ranura, x''
    WHERE NOT EXISTS (SELECT 1 FROM ranura_borrada WHERE ranura = OLD.ranura); END;

-- Una solicitud ARCO. «sobre»: quién pide, qué dice y dónde se le avisa, sellado para la oficina y cubierto con su
-- ranura; se borra con la ranura cuando se cumple su plazo. Lo demás son fechas y cuentas.
CREATE TABLE solicitud (
  id TEXT PRIMARY KEY, folio TEXT NOT NULL UNIQUE,
  derecho TEXT NOT NULL CHECK (derecho IN ('acceso', 'rectificacion', 'cancelacion', 'oposicion')),
  via TEXT NOT NULL CHECK (via IN ('persona', 'representante', 'transparencia')),
  recibida_el TEXT NOT NULL, creada_en TEXT NOT NULL, creada_por TEXT NOT NULL,
  sobre BLOB, ranura INTEGER, ampliada_por TEXT, ampliada_el TEXT, prevenida_el TEXT, completada_el TEXT,
  respuesta TEXT CHECK (respuesta IN ('procede', 'en_parte', 'no_procede', 'sin_datos', 'desistida')),
  razon TEXT, respondida_el TEXT, cumplida_el TEXT, borrada_el TEXT, revision INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE TRIGGER solicitud_se_vacia AFTER UPDATE OF sobre ON solicitud
  WHEN OLD.ranura IS NOT NULL AND NEW.sobre IS NULL BEGIN
  INSERT INTO ranura_borrada (ranura, huella) SELECT OLD.ranura, x''
    WHERE NOT EXISTS (SELECT 1 FROM ranura_borrada WHERE ranura = OLD.ranura); END;
-- Qué registros son suyos y qué se hizo con cada uno.
CREATE TABLE solicitud_registro (
  solicitud_id TEXT NOT NULL REFERENCES solicitud (id), asistencia_id TEXT NOT NULL,
  hecho TEXT CHECK (hecho IN ('dado', 'corregido', 'bloqueado', 'borrado')), hecho_el TEXT,
  PRIMARY KEY (solicitud_id, asistencia_id)
) STRICT, WITHOUT ROWID;
-- Nombres que se guardan y ya no se usan: no salen en listas ni se comparan. Se quita si la solicitud no procede.
CREATE TABLE bloqueo (
  asistencia_id TEXT PRIMARY KEY, solicitud_id TEXT NOT NULL REFERENCES solicitud (id), desde TEXT NOT NULL
) STRICT, WITHOUT ROWID;
-- Lo que se borró por ley de conservación: cuenta y fecha, con la huella de su acta.
CREATE TABLE acta (
  id TEXT PRIMARY KEY, clase TEXT NOT NULL CHECK (clase IN ('conservacion', 'arco')), datos TEXT NOT NULL,
  huella TEXT NOT NULL, hecha_en TEXT NOT NULL, hecha_por TEXT NOT NULL
) STRICT;
CREATE TRIGGER acta_no_cambia BEFORE UPDATE ON acta BEGIN SELECT RAISE(ABORT, 'un acta no se cambia'); END;
CREATE TRIGGER acta_no_se_borra BEFORE DELETE ON acta BEGIN SELECT RAISE(ABORT, 'un acta no se borra'); END;
"""
