namespace Postmill.Protocols.Mime.Writing;

/// <summary>Writes parts: their MIME fields, their bodies, the lines between them.</summary>
internal sealed class EntityWriter(PieceList pieces, FieldWriter field, string stem)
{
    private int _multiparts;

    /// <summary>The outermost part; its fields end the mail's header.</summary>
    public void WriteRoot(Entity root)
    {
        if (root is Entity.Text text)
        {
            TextFields(text);
            EndHeader();
            pieces.Close();
            text.Content.Write(pieces.Open);
            EndLine(text.Content);
            return;
        }
        Write(root, isRoot: true);
        pieces.Open.Append("\r\n"u8);
    }

    private void Write(Entity entity, bool isRoot = false)
    {
        switch (entity)
        {
            case Entity.Text text:
                TextFields(text);
                EndHeader();
                text.Content.Write(pieces.Open);
                break;
            case Entity.File file:
                FileFields(file);
                EndHeader();
                if (file.Verbatim)
                    pieces.Add(file.Source.Content.Octets);
                else
                    pieces.Add(file.Source.Content);
                break;
            case Entity.Multipart multipart:
                WriteMultipart(multipart, isRoot);
                break;
        }
    }

    private void WriteMultipart(Entity.Multipart multipart, bool isRoot)
    {
        var boundary = $"{stem}.{++_multiparts}";
        field.Begin("Content-Type");
        field.Token($"multipart/{multipart.Subtype}");
        if (multipart.Subtype == "related")
            ParameterWriter.Write(field, "type", "text/html");
        ParameterWriter.Write(field, "boundary", boundary);
        field.End();
        EndHeader();
        if (isRoot)
            pieces.Close();
        for (var i = 0; i < multipart.Parts.Count; i++)
        {
            field.Write(i == 0 ? $"--{boundary}" : $"\r\n--{boundary}");
            field.End();
            Write(multipart.Parts[i]);
        }
        field.Write($"\r\n--{boundary}--");
    }

    private void TextFields(Entity.Text text)
    {
        field.Begin("Content-Type");
        field.Token($"text/{text.Subtype}");
        ParameterWriter.Write(field, "charset", "utf-8");
        field.End();
        Encoding(text.Content.Encoding);
    }

    private void FileFields(Entity.File file)
    {
        field.Begin("Content-Type");
        field.Token(file.Type.Name);
        foreach (var (name, value) in file.Type.Parameters)
            ParameterWriter.Write(field, name, value);
        field.End();
        Encoding(file.Verbatim ? "7bit" : "base64");
        if (file.Source.ContentId is { } id)
            new HeaderFields(field).Ids("Content-ID", [id]);
        field.Begin("Content-Disposition");
        field.Token(file.Source.Inline ? "inline" : "attachment");
        if (file.Source.FileName is { } given)
            ParameterWriter.FileName(field, FileNames.Safe(StorableText.Of(given), MimeLimits.Default) ?? "attachment");
        field.End();
    }

    private void Encoding(string name)
    {
        field.Begin("Content-Transfer-Encoding");
        field.Token(name);
        field.End();
    }

    private void EndHeader() => field.End();

    // A mail's last line has an end (RFC 5321 section 2.3.8); quoted-printable can have it without the text having one.
    private void EndLine(TextContent content)
    {
        if (content.Octets.Length > 0 && !pieces.Open.Written.EndsWith("\r\n"u8))
            pieces.Open.Append(content.Encoding == "quoted-printable" ? "=\r\n"u8 : "\r\n"u8);
    }
}
