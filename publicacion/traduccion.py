"""Las páginas de Datasette en español, reescritas al cargarlas; las que casi no quedarían iguales son nuestras.

Cada frase de aquí existe tal cual en la plantilla de Datasette 0.65: una prueba falla si una versión nueva la cambia.
De paso salen los scripts y estilos incrustados, que la política de contenido no permite, y entran los nombres que
necesita un lector de pantalla.
"""

from collections.abc import Callable
from pathlib import Path

import jinja2

CARPETA = Path(__file__).parent / "plantillas"


def _movil(columnas: str, nombre: str, sangria: str = "\n") -> str:
    """El estilo incrustado que pone el nombre de cada columna en pantallas chicas; lo sustituye ``data-columna``."""
    return (
        "<style>\n@media only screen and (max-width: 576px) {\n"
        f"{{% for column in {columnas} {'-' if sangria == '' else ''}%}}\n"
        "    .rows-and-columns td:nth-of-type({{ loop.index }}):before"
        f' {{ content: "{{{{ {nombre}|escape_css_string }}}}"; }}\n'
        f"{{% endfor %}}{sangria}}}\n</style>"
    )


def _plural(cuenta: str) -> tuple[str, str]:
    return (
        f"row{{% if {cuenta} == 1 %}}{{% else %}}s{{% endif %}}",
        f"{{% if {cuenta} == 1 %}}renglón{{% else %}}renglones{{% endif %}}",
    )


_BORDE = (' style="border-color: #{{ database_color(database) }}"', "")
_SANGRADO = (' style="padding-left: 10px; border-left: 10px solid #{{ database_color(database) }}"', "")
_DESCARGAS = [
    ("This data as ", "Descargar: "),
    ('<a href="{{ url }}">{{ name }}</a>', '<a href="{{ url }}">{{ name|upper }}</a>'),
]

_ENCABEZADO = """<header>
<a class="sitio" href="{{ urls.instance() }}">{{ portal.titulo }}</a>
<nav aria-label="Secciones"><ul>
{% for adonde, nombre, aqui in portal.secciones(request) -%}
<li><a href="{{ urls.path(adonde) }}"{% if aqui %} aria-current="page"{% endif %}>{{ nombre }}</a></li>
{% endfor %}</ul></nav>
</header>
"""

REEMPLAZOS: dict[str, list[tuple[str, str]]] = {
    "base.html": [
        ("<html>", '<html lang="es-MX">'),
        (
            "<title>{% block title %}{% endblock %}</title>",
            "<title>{% block title %}{% endblock %} · {{ portal.titulo }}</title>",
        ),
        ("{{ urls.static('app.css') }}?{{ app_css_hash }}", "{{ urls.path(portal.css) }}"),
        (", shrink-to-fit=no", ""),
        (
            '<div class="not-footer">\n<header>',
            '<a class="salto" href="#contenido">Ir al contenido</a>\n<div class="not-footer">\n<header>',
        ),
        # El encabezado de siempre, igual en todas las páginas; las migajas van debajo.
        ("<header><nav>", _ENCABEZADO + '<nav class="migas" aria-label="Dónde está">'),
        ("{% endblock %}</nav></header>", "{% endblock %}</nav>"),
        (">Menu</title>", ">Menú</title>"),
        (">Log out</button>", ">Salir</button>"),
        (
            "<strong>{{ display_actor(actor) }}</strong>",
            "<strong>{{ display_actor(actor) }}</strong> · "
            "<a href=\"{{ urls.path('/consultar') }}\">Consultar con SQL</a> · "
            "<a href=\"{{ urls.path('/salir') }}\">Salir</a>",
        ),
        ('<section class="content">', '<main class="content" id="contenido">'),
        ("</section>", "</main>"),
        ('{% if select_templates %}<!-- Templates considered: {{ select_templates|join(", ") }} -->{% endif %}', ""),
    ],
    "table.html": [
        ("{% block title %}{{ database }}: {{ table }}: ", "{% block title %}{{ metadata.title or table }}: "),
        ("{% if human_description_en %} {{ human_description_en }}{% endif %}{% endblock %}", "{% endblock %}"),
        ("<script src=\"{{ urls.static('table.js') }}\" defer></script>", ""),
        ("<script>DATASETTE_ALLOW_FACET = {{ datasette_allow_facet }};</script>", ""),
        (_movil("display_columns", "column.name", ""), ""),
        _BORDE,
        (' style="color: #666"', ""),
        (">Table actions</title>", ">Acciones</title>"),
        ("{% if is_view %} (view){% endif %}", ""),
        (
            '<dl class="column-descriptions">',
            '<details class="columnas"><summary>Qué dice cada columna</summary><dl class="column-descriptions">',
        ),
        ("</dl>", "</dl></details>"),
        ("    <h3>{% if filtered_table_rows_count", '    <h2 class="cuantos">{% if filtered_table_rows_count'),
        ("        {% if human_description_en %}{{ human_description_en }}{% endif %}\n    </h3>", "    </h2>"),
        _plural("filtered_table_rows_count"),
        (
            '<form class="filters"',
            '<details class="filtros"{% if filters.has_selections() %} open{% endif %}>'
            '<summary>Filtrar u ordenar</summary>\n<form class="filters"',
        ),
        ("</form>\n\n{% if extra_wheres_for_ui %}", "</form></details>\n\n{% if extra_wheres_for_ui %}"),
        (">Search:<", ">Buscar:<"),
        ('<select name="_filter_column_', '<select aria-label="Columna" name="_filter_column_'),
        ('<select name="_filter_op_', '<select aria-label="Comparación" name="_filter_op_'),
        ('<input type="text" name="_filter_value_', '<input type="text" aria-label="Valor" name="_filter_value_'),
        ('<select name="_filter_column">', '<select aria-label="Columna" name="_filter_column">'),
        ('<select name="_filter_op">', '<select aria-label="Comparación" name="_filter_op">'),
        (
            '<input type="text" name="_filter_value" class="filter-value">',
            '<input type="text" aria-label="Valor" name="_filter_value" class="filter-value">',
        ),
        ("- remove filter -", "Quitar este filtro"),
        ("- column -", "Filtrar por…"),
        (">{{ display }}</option>", ">{{ portal.operadores.get(key, display) }}</option>"),
        ('<select name="_sort" id="sort_by">', '<select aria-label="Ordenar por" name="_sort" id="sort_by">'),
        (">Sort...<", ">Ordenar por…<"),
        (">Sort by {{ column.name }}<", ">{{ column.name }}<"),
        ("> descending<", "> de mayor a menor<"),
        ('value="Apply"', 'value="Aplicar"'),
        (
            "<h3>{{ extra_wheres_for_ui|length }} extra where clause",
            "<h3>{{ extra_wheres_for_ui|length }} condición SQL",
        ),
        ("{% if extra_wheres_for_ui|length != 1 %}s{% endif %}", ""),
        (">remove</a>", ">quitar</a>"),
        ("View and edit SQL", "Ver la consulta SQL"),
        *_DESCARGAS,
        (">advanced</a>", ">opciones</a>"),
        ("These facets timed out:", "No alcanzó el tiempo para contar por:"),
        (">Next page</a>", ">Página siguiente</a>"),
        ("<h3>Advanced export</h3>", "<h2>Opciones de descarga</h2>"),
        ("JSON shape:", "JSON:"),
        (">default</a>", ">por omisión</a>"),
        (">array</a>", ">lista</a>"),
        (">newline-delimited</a>", ">un renglón por línea</a>"),
        (">object</a>", ">objeto</a>"),
        ("CSV options:", "CSV:"),
        ("> download file<", "> guardar como archivo<"),
        ("> expand labels<", "> con nombres<"),
        ("> stream all rows<", "> todos los renglones<"),
        ('value="Export CSV"', 'value="Descargar CSV"'),
        (
            '<pre class="wrapped-sql">{{ table_definition }}</pre>',
            "<details><summary>En SQL</summary><pre>{{ table_definition }}</pre></details>",
        ),
        (
            '<pre class="wrapped-sql">{{ view_definition }}</pre>',
            "<details><summary>En SQL</summary><pre>{{ view_definition }}</pre></details>",
        ),
    ],
    "_table.html": [
        # La primera columna es un enlace al renglón, con la llave repetida: no ayuda a leer.
        ("{% for column in display_columns %}", '{% for column in display_columns if column.name != "Link" %}'),
        ("{% for cell in row %}", '{% for cell in row if cell.column != "Link" %}'),
        (
            '<div class="table-wrapper">',
            '<div class="table-wrapper" tabindex="0" role="region" aria-label="Renglones">',
        ),
        ('<td class="col-', '<td data-columna="{{ cell.column }}" class="col-'),
        (
            "{{ column.name }}&nbsp;▼</a>",
            '{{ column.name }}<span class="sr">, de menor a mayor</span><span aria-hidden="true">&nbsp;▲</span></a>',
        ),
        (
            "{{ column.name }}{% if column.name == sort_desc %}&nbsp;▲{% endif %}</a>",
            "{{ column.name }}{% if column.name == sort_desc %}"
            '<span class="sr">, de mayor a menor</span><span aria-hidden="true">&nbsp;▼</span>{% endif %}</a>',
        ),
        ("0 records", "No hay renglones con esos filtros."),
    ],
    "row.html": [
        (
            "{% block title %}{{ database }}: {{ table }}{% endblock %}",
            "{% block title %}{{ portal.nombre(table) }}{% endblock %}",
        ),
        (_movil("columns", "column"), ""),
        _SANGRADO,
        (
            "{{ table }}: {{ ', '.join(primary_key_values) }}",
            "{{ portal.nombre(table) }}: {{ primary_key_values|join(' · ') }}",
        ),
        *_DESCARGAS,
        ("Links from other tables", "Datos relacionados"),
        _plural("other.count"),
        ("from {{ other.other_column }} in {{ other.other_table }}", "en {{ portal.nombre(other.other_table) }}"),
    ],
    "query.html": [
        (
            "{% block title %}{{ database }}{% if query and query.sql %}: {{ query.sql }}{% endif %}{% endblock %}",
            "{% block title %}{{ metadata.title or 'Consulta' }}{% endblock %}",
        ),
        (_movil("columns", "column"), ""),
        _SANGRADO,
        ("This query cannot be executed because the database is immutable.", "Esta consulta no se puede ejecutar."),
        ("<h3>Custom SQL query", "<h2>Consulta SQL"),
        ("returning {% if truncated %}more than {% endif %}", "· {% if truncated %}más de {% endif %}"),
        _plural("display_rows|length"),
        ("</span>\n    {% endif %}</h3>", "</span>\n    {% endif %}</h2>"),
        (
            '{% if query and query.sql %} style="height: {{ query.sql.split("\\n")|length + 2 }}em"{% endif %}',
            ' aria-label="Consulta SQL" rows="6"',
        ),
        ("<h3>Query parameters</h3>", "<h2>Parámetros</h2>"),
        ('{% if not hide_sql %}<button id="sql-format" type="button" hidden>Format SQL</button>{% endif %}', ""),
        ('value="Run SQL"', 'value="Consultar"'),
        (">Edit SQL<", ">Editar la consulta<"),
        ("{{ show_hide_text }}", "{{ 'mostrar' if hide_sql else 'esconder' }}"),
        *_DESCARGAS,
        (
            '<div class="table-wrapper">',
            '<div class="table-wrapper" tabindex="0" role="region" aria-label="Renglones">',
        ),
        ('<td class="col-', '<td data-columna="{{ column }}" class="col-'),
        ("0 results", "Sin resultados."),
    ],
    "_facet_results.html": [
        ('class="cross">&#x2716;</a>', 'class="cross" aria-label="Quitar">&#x2716;</a>'),
    ],
    "_suggested_facets.html": [("Suggested facets:", "Contar por:")],
}

OPERADORES = {
    "exact": "es",
    "not": "no es",
    "contains": "contiene",
    "notcontains": "no contiene",
    "endswith": "termina en",
    "startswith": "empieza con",
    "gt": "más de",
    "gte": "cuando menos",
    "lt": "menos de",
    "lte": "cuando más",
    "like": "como (%)",
    "notlike": "no como (%)",
    "glob": "como (*)",
    "in": "es una de",
    "notin": "no es ninguna de",
    "arraycontains": "la lista tiene",
    "arraynotcontains": "la lista no tiene",
    "date": "es la fecha",
    "isnull": "está vacío",
    "notnull": "no está vacío",
    "isblank": "está en blanco",
    "notblank": "no está en blanco",
}


def reescribir(nombre: str, texto: str) -> str:
    """La plantilla de Datasette ``nombre``, con sus frases cambiadas."""
    for de, a in REEMPLAZOS.get(nombre, ()):
        texto = texto.replace(de, a)
    return texto


class Cargador(jinja2.BaseLoader):
    """Primero las plantillas nuestras; las demás, de Datasette y reescritas."""

    def __init__(self, interno: jinja2.BaseLoader) -> None:
        self._interno = interno
        self._nuestras = jinja2.FileSystemLoader(CARPETA)

    def get_source(self, env: jinja2.Environment, nombre: str) -> tuple[str, str | None, Callable[[], bool] | None]:
        try:
            return self._nuestras.get_source(env, nombre)
        except jinja2.TemplateNotFound:
            texto, ruta, vigente = self._interno.get_source(env, nombre)
            return reescribir(nombre, texto), ruta, vigente

    def list_templates(self) -> list[str]:
        return sorted({*self._interno.list_templates(), *self._nuestras.list_templates()})
