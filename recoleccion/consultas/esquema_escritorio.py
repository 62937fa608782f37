"""La migración del escritorio de la titular: metas, actividades, series, evidencias, papel e informes."""

M009 = """
-- De qué se calcula el avance de cada línea (avance.py). La base de lo calculado nunca se guarda.
ALTER TABLE linea_poa ADD COLUMN medida TEXT CHECK (medida IN
  ('actividades', 'eventos', 'asistencias', 'sesiones', 'vinculos', 'instituciones', 'contestaciones'));

-- Quién cambió qué meta y por qué. Lo mismo para lo que se mueve en un trimestre ya cerrado.
CREATE TABLE poa_cambio (
  id TEXT PRIMARY KEY, ejercicio INTEGER NOT NULL, linea TEXT NOT NULL, que TEXT NOT NULL, antes TEXT, despues TEXT,
  justificacion TEXT NOT NULL, cuando TEXT NOT NULL, quien TEXT NOT NULL
) STRICT;
CREATE TRIGGER poa_cambio_no_cambia BEFORE UPDATE ON poa_cambio
  BEGIN SELECT RAISE(ABORT, 'los cambios del programa no se cambian'); END;
CREATE TRIGGER poa_cambio_no_se_borra BEFORE DELETE ON poa_cambio
  BEGIN SELECT RAISE(ABORT, 'los cambios del programa no se borran'); END;

CREATE TABLE trimestre_cerrado (
  ejercicio INTEGER NOT NULL, trimestre INTEGER NOT NULL CHECK (trimestre BETWEEN 1 AND 4),
  cerrado_en TEXT NOT NULL, por TEXT NOT NULL, PRIMARY KEY (ejercicio, trimestre)
) STRICT, WITHOUT ROWID;

-- Lo que no es un evento: gestiones, cursos, canalizaciones. Sólo cuentas: sin nombres ni historias.
-- «cuenta» es la de su tipo al anotarla: editar el catálogo no mueve lo que ya se informó. Con «limite», es base desde
-- que se pide y avance cuando se cumple.
CREATE TABLE actividad (
  id TEXT PRIMARY KEY, ejercicio INTEGER NOT NULL, linea TEXT NOT NULL, tipo TEXT NOT NULL, fecha TEXT NOT NULL,
  cantidad INTEGER NOT NULL CHECK (cantidad BETWEEN 0 AND 100000),
  mujeres INTEGER CHECK (mujeres >= 0), hombres INTEGER CHECK (hombres >= 0),
  no_especificado INTEGER CHECK (no_especificado >= 0),
  cuenta TEXT NOT NULL DEFAULT 'avance' CHECK (cuenta IN ('avance', 'base', 'aparte')),
  programa TEXT, institucion TEXT, tema TEXT, horas REAL CHECK (horas >= 0), alcance INTEGER CHECK (alcance >= 0),
  limite TEXT, cumplida_el TEXT, nota TEXT,
  creada_en TEXT NOT NULL, creada_por TEXT NOT NULL, revision INTEGER NOT NULL DEFAULT 1, quitada_en TEXT,
  FOREIGN KEY (ejercicio, linea) REFERENCES linea_poa (ejercicio, clave)
) STRICT;
CREATE INDEX actividad_linea ON actividad (ejercicio, linea, fecha);

-- Un programa con varias sesiones.
CREATE TABLE serie (
  id TEXT PRIMARY KEY, nombre TEXT NOT NULL, programa TEXT NOT NULL, nota TEXT
) STRICT;
ALTER TABLE evento ADD COLUMN serie_id TEXT REFERENCES serie (id);
ALTER TABLE evento ADD COLUMN facilitadora TEXT;
ALTER TABLE evento ADD COLUMN avisa_fotos INTEGER NOT NULL DEFAULT 0 CHECK (avisa_fotos IN (0, 1));
-- Para que dos personas que editan lo mismo no se pisen.
ALTER TABLE evento ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
CREATE INDEX evento_serie ON evento (serie_id);

CREATE TABLE evento_institucion (
  evento_id TEXT NOT NULL REFERENCES evento (id), institucion_id TEXT NOT NULL REFERENCES institucion (id),
  PRIMARY KEY (evento_id, institucion_id)
) STRICT, WITHOUT ROWID;

-- Qué se va a hacer y en qué orden: para quien facilita y para la evidencia.
CREATE TABLE carta_descriptiva (
  evento_id TEXT PRIMARY KEY REFERENCES evento (id), objetivo TEXT NOT NULL, publico TEXT, momentos TEXT NOT NULL,
  materiales TEXT, cambiada_en TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Cómo acabó: cuántas personas se contaron a ojo, para compararlo con las registradas.
CREATE TABLE hoja_cierre (
  evento_id TEXT PRIMARY KEY REFERENCES evento (id), contadas INTEGER CHECK (contadas BETWEEN 0 AND 5000), nota TEXT,
  guardada_en TEXT NOT NULL, guardada_por TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Fotos y hojas: el contenido va sellado para la llave de la oficina, en un archivo de DATOS/evidencias.
CREATE TABLE evidencia (
  id TEXT PRIMARY KEY, evento_id TEXT REFERENCES evento (id), actividad_id TEXT REFERENCES actividad (id),
  clase TEXT NOT NULL CHECK (clase IN ('foto', 'hoja', 'documento')), pie TEXT,
  ancho INTEGER, alto INTEGER, bytes INTEGER NOT NULL, huella TEXT NOT NULL,
  creada_en TEXT NOT NULL, creada_por TEXT NOT NULL, quitada_en TEXT,
  CHECK (evento_id IS NOT NULL OR actividad_id IS NOT NULL)
) STRICT;
CREATE INDEX evidencia_evento ON evidencia (evento_id);
CREATE INDEX evidencia_actividad ON evidencia (actividad_id);

-- Una lista de papel que se pasó al sistema. Sus renglones son asistencias con modo «promotora» y esta hoja.
CREATE TABLE hoja_papel (
  id TEXT PRIMARY KEY, evento_id TEXT NOT NULL REFERENCES evento (id), origen TEXT NOT NULL
  CHECK (origen IN ('papel', 'archivo')), evidencia_id TEXT REFERENCES evidencia (id),
  pasada_en TEXT NOT NULL, pasada_por TEXT NOT NULL
) STRICT;
ALTER TABLE asistencia ADD COLUMN hoja_id TEXT REFERENCES hoja_papel (id);
CREATE INDEX asistencia_hoja ON asistencia (hoja_id) WHERE hoja_id IS NOT NULL;

-- El mismo índice de siempre, con lo que se cuenta adentro: contar la gente de dos años no toca la tabla (20 ms a 2).
DROP INDEX asistencia_evento;
CREATE INDEX asistencia_evento ON asistencia (evento_id, credencial_id, sexo, edad, personas, lote, id);
-- Cuántas hay de cada encuesta y desde qué mes falta publicar, sin leer las 40,000 contestaciones (40 ms a 3).
CREATE INDEX contestacion_instrumento ON contestacion (instrumento, version);
CREATE INDEX contestacion_lote ON contestacion (lote, mes);
-- Lo que se va escribiendo de una hoja, con los nombres ya sellados para la oficina. Se borra al guardarla.
CREATE TABLE hoja_borrador (
  id TEXT PRIMARY KEY, evento_id TEXT NOT NULL REFERENCES evento (id), origen TEXT NOT NULL, renglones TEXT NOT NULL,
  pagina TEXT NOT NULL, guardado_en TEXT NOT NULL, guardado_por TEXT NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE institucion ADD COLUMN domicilio TEXT;
ALTER TABLE institucion ADD COLUMN quitada_en TEXT;
ALTER TABLE institucion ADD COLUMN convenio TEXT;
ALTER TABLE institucion ADD COLUMN convenio_hasta TEXT;
CREATE TABLE institucion_verificada (
  institucion_id TEXT NOT NULL, fecha TEXT NOT NULL, quien TEXT NOT NULL, PRIMARY KEY (institucion_id, fecha)
) STRICT, WITHOUT ROWID;

-- Un informe es una foto con fecha: la página, el PDF y el XLSX salen de estos datos y de nada más.
CREATE TABLE informe (
  id TEXT PRIMARY KEY, clase TEXT NOT NULL, ejercicio INTEGER NOT NULL, periodo TEXT NOT NULL,
  datos TEXT NOT NULL, huella TEXT NOT NULL, hecho_en TEXT NOT NULL, hecho_por TEXT NOT NULL
) STRICT;
CREATE INDEX informe_periodo ON informe (ejercicio, periodo, hecho_en);
CREATE TRIGGER informe_no_cambia BEFORE UPDATE ON informe BEGIN SELECT RAISE(ABORT, 'un informe no se cambia'); END;
CREATE TRIGGER informe_no_se_borra BEFORE DELETE ON informe BEGIN SELECT RAISE(ABORT, 'un informe no se borra'); END;
"""
