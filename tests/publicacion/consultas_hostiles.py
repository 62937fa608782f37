"""Consultas con que se tira una base de datos que se deja consultar. Las usan las pruebas y ``bench/datasette.py``."""

LARGA = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c"

HOSTILES: dict[str, str] = {
    "recursiva sin fin": LARGA,
    "recursiva que crece": (
        "WITH RECURSIVE c(x) AS (SELECT 'a' UNION ALL SELECT x || x FROM c) SELECT max(length(x)) FROM c"
    ),
    "recursiva que guarda": (
        "WITH RECURSIVE c(n, x) AS (SELECT 1, zeroblob(900000) UNION SELECT n + 1, randomblob(900000) FROM c)"
        " SELECT count(*) FROM c"
    ),
    "producto cartesiano": (
        "SELECT count(*) FROM asistencia_cubo a, asistencia_cubo b, respuesta_cubo c, respuesta_cubo d,"
        " respuesta_cubo e, respuesta_cubo f, asistencia_cubo g, asistencia_cubo h, asistencia_cubo i,"
        " asistencia_cubo j, asistencia_cubo k, asistencia_cubo l, asistencia_cubo m, asistencia_cubo o,"
        " asistencia_cubo p, asistencia_cubo q, asistencia_cubo r, asistencia_cubo s, asistencia_cubo t"
    ),
    "cartesiano ordenado": (
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 3000)"
        " SELECT a.x || '-' || b.x AS y FROM c a, c b ORDER BY y DESC"
    ),
    "zeroblob de mil millones": "SELECT zeroblob(1000000000)",
    "texto de mil millones": "SELECT length(printf('%1000000000d', 1))",
    "hex de hex": "SELECT hex(hex(hex(hex(hex(zeroblob(999999))))))",
    "replace que multiplica": (
        "SELECT length(replace(replace(replace(hex(zeroblob(9999)), '0', hex(zeroblob(999))), '0',"
        " hex(zeroblob(999))), '0', hex(zeroblob(999))))"
    ),
    "group_concat enorme": (
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 10000000)"
        " SELECT length(group_concat(x || hex(zeroblob(400)))) FROM c"
    ),
    "json enorme": (
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 10000000)"
        " SELECT length(json_group_array(hex(zeroblob(400)))) FROM c"
    ),
    "GLOB contra un texto enorme": (
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 100000)"
        " SELECT count(*) FROM c WHERE replace(hex(zeroblob(400000)), '0', 'a')"
        " GLOB '*" + "a*" * 90 + "b'"
    ),
    "LIKE contra un texto enorme": ("SELECT replace(hex(zeroblob(490000)), '0', 'a') LIKE '%" + "a_%" * 60 + "b'"),
    "expresión profunda": "SELECT " + "(" * 900 + "1" + ")" * 900,
    "sumas en cadena": "SELECT " + " + ".join(["1"] * 3000),
    "mil uniones": " UNION ALL ".join(["SELECT 1"] * 1000),
    "mil columnas": "SELECT " + ", ".join(["1"] * 1000),
    "renglones anchos": (
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 100000)"
        " SELECT " + ", ".join(["hex(zeroblob(100000))"] * 50) + " FROM c"
    ),
    "texto de consulta enorme": "SELECT '" + "a" * 21_000 + "'",
    "ventana sobre cartesiano": (
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 200000)"
        " SELECT sum(x) OVER (ORDER BY x ROWS BETWEEN 100000 PRECEDING AND 100000 FOLLOWING) FROM c"
    ),
}
"""Veinte."""

PROHIBIDAS: dict[str, str] = {
    "cargar una extensión": "WITH c AS (SELECT 1) SELECT load_extension('x') FROM c",
    "leer un archivo": "SELECT readfile('/etc/passwd')",
    "escribir un archivo": "SELECT writefile('/tmp/x', 'x')",
    "el analizador de fts3": "SELECT fts3_tokenizer('simple')",
    "un PRAGMA por función": "SELECT * FROM pragma_database_list()",
}
