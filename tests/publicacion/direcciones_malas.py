"""Direcciones con que se engaña a un navegador, se buscan páginas internas o se estorba a Datasette."""

MAL_ESCRITAS = (
    "?_sort=nada", "?_sort=n&_sort_desc=n", "?_through=%7B%7D", "?_through=mal", "?n__in=[1", "?_timelimit=x",
    "?n__gt=99999999999999999999999", "?%00=1", "?_size=abc", "?_next=%ff",
)  # fmt: skip

TRAMPOSAS = (
    "/\\ejemplo.org/",
    "/%5cejemplo.org/",
    "/%5Cejemplo.org",
    "//ejemplo.org/",
    "//ejemplo.org/%2e%2e/",
    "/%2fejemplo.org/",
    "/%2F%2Fejemplo.org",
    "/%252fejemplo.org/",
    "/%25255cejemplo.org/",
    "/publica/..%2f..%2fprivada.db",
    "/../privada.db",
    "/%2e%2e/privada.db",
    "/publica/%2e%2e/%2e%2e/etc/passwd",
    "/-/static/../../app.py",
    "/-/static/%2e%2e/app.py",
    "/descargas/../privada.db",
    "/descargas/..%2fanalistas.json",
    "/descargas/%2e%2e%2fanalistas.json",
    "/.//x",
    "/a//b/",
    "/%0d%0aLocation:%20x",
    "/publica%00.db",
    "/%09/ejemplo.org",
)
ESCONDIDAS = (
    "/-/versions", "/-/static/app.css", "/-/static-plugins/jornada/x", "/-/auth-token", "/-/permissions", "/-", "/-/",
    "/:memory:", "/_memory", "/_memory.db", "/analistas.json", "/publica.metadatos.json",
    "/descargas/analistas.json", "/descargas/indice.json", "/privada.db", "/_internal.db",
)  # fmt: skip
