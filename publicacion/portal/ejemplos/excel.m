let
    Origen = Csv.Document(
        Web.Contents("{sitio}/{base}/asistencias_por_edad.csv?_stream=on"),
        [Delimiter = ",", Encoding = 65001, QuoteStyle = QuoteStyle.Csv]
    ),
    Encabezados = Table.PromoteHeaders(Origen, [PromoteAllScalars = true]),
    Tipos = Table.TransformColumnTypes(Encabezados, {{"asistencias", Int64.Type}})
in
    Tipos
