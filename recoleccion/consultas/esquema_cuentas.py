"""La migración de las cuentas (m011): sesiones en el servidor, llaves de acceso, segundo paso y códigos de un uso."""

M011 = """
-- id: huella del número que va en la galleta. Quien se lleve la base no puede entrar con lo que lee aquí.
-- navegador: «Chrome en Windows», nunca el agente entero. vista_en se escribe a lo más una vez por minuto.
CREATE TABLE sesion (
  id TEXT PRIMARY KEY, cuenta_id TEXT NOT NULL REFERENCES cuenta (id), marca TEXT NOT NULL,
  metodo TEXT NOT NULL CHECK (metodo IN ('contrasena', 'llave', 'totp', 'codigo')), navegador TEXT NOT NULL,
  creada_en TEXT NOT NULL, vista_en TEXT NOT NULL, confirmada_en TEXT NOT NULL
) STRICT;
CREATE INDEX sesion_cuenta ON sesion (cuenta_id);

-- Llaves de acceso (passkeys). id: el de la credencial, en base64url. contador: el último que se le vio.
CREATE TABLE llave_acceso (
  id TEXT PRIMARY KEY, cuenta_id TEXT NOT NULL REFERENCES cuenta (id), publica BLOB NOT NULL,
  contador INTEGER NOT NULL, nombre TEXT NOT NULL, creada_en TEXT NOT NULL, usada_en TEXT
) STRICT;
CREATE INDEX llave_acceso_cuenta ON llave_acceso (cuenta_id);

-- ultimo: el último lapso de 30 segundos que se aceptó; uno ya usado no vuelve a servir.
CREATE TABLE segundo_paso (
  cuenta_id TEXT PRIMARY KEY REFERENCES cuenta (id), secreto BLOB NOT NULL, ultimo INTEGER NOT NULL DEFAULT 0,
  activado_en TEXT NOT NULL
) STRICT;

-- Los diez códigos de la hoja: sólo su huella. Cada uno sirve una vez.
CREATE TABLE codigo_unico (
  huella TEXT PRIMARY KEY, cuenta_id TEXT NOT NULL REFERENCES cuenta (id), creado_en TEXT NOT NULL, usado_en TEXT
) STRICT;
CREATE INDEX codigo_unico_cuenta ON codigo_unico (cuenta_id);
"""
