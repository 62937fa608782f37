# Asistencias por edad, en JSON: una lista con un objeto por renglón
curl -sf '{sitio}/{base}/asistencias_por_edad.json?_shape=array'

# Sólo un periodo, y sólo lo que sí se muestra
curl -sf '{sitio}/{base}/asistencia_cubo.json?_shape=array&lote__exact={lote}&eje__exact=total&n__notnull=1'

# La tabla entera en CSV, sin importar cuántos renglones tenga
curl -sf '{sitio}/{base}/respuestas_por_pregunta.csv?_stream=on' -o respuestas.csv

# Lo mismo que se ve en una pregunta, con sus porcentajes y su error
curl -sf '{sitio}/preguntas/cambio.csv?periodo={lote}' -o cambio.csv
