using System.Text;
using System.Xml;

namespace Bursar.Core.Statements;

/// <summary>
/// Goes through an XML document once, front to back, and tells of each element by its path of local names. Nothing is built in
/// memory; depth and the length of one text are bounded, document type declarations are refused and nothing outside is ever
/// fetched.
/// </summary>
internal sealed class XmlWalk : IDisposable
{
    private readonly XmlReader reader;
    private readonly Stack<string> parents = new();
    private readonly StringBuilder text = new();
    private readonly char[] chunk = new char[1_024];
    private bool endPending;

    public XmlWalk(Stream content) => reader = XmlReader.Create(content, new XmlReaderSettings
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        IgnoreWhitespace = true,
        CloseInput = false,
        MaxCharactersInDocument = StatementLimits.FileBytes,
    });

    /// <summary>
    /// From the root, as "Document/BkToCstmrStmt/Stmt". An element of a foreign namespace has a path that no ISO element has.
    /// </summary>
    public string Path { get; private set; } = "";

    public bool IsStart { get; private set; }

    /// <summary>At an element's end: its own text, without blanks around it. An element with children has none that counts.</summary>
    public string Text { get; private set; } = "";

    /// <summary>Namespace of the root, known from the first element on.</summary>
    public string Namespace { get; private set; } = "";

    public Place At { get; private set; }

    /// <summary>The Ccy attribute of the element that began last.</summary>
    public string? Currency { get; private set; }

    /// <summary>To the next beginning or end of an element; false at the end of the document.</summary>
    public bool Next()
    {
        if (parents.Count > 0 && !IsStart) Path = parents.Pop();
        if (endPending) return End();
        while (reader.Read())
            switch (reader.NodeType)
            {
                case XmlNodeType.Element: return Start();
                case XmlNodeType.EndElement: return End();
                case XmlNodeType.Text or XmlNodeType.CDATA: AddText(); break;
                default: break;
            }
        return false;
    }

    private bool Start()
    {
        var position = (IXmlLineInfo)reader;
        At = new Place(position.LineNumber, position.LinePosition);
        if (parents.Count == 0) Namespace = reader.NamespaceURI;
        parents.Push(Path);
        if (parents.Count > StatementLimits.XmlDepth)
            StatementRefused.Throw(FaultCodes.TooDeep, At, $"Elements are nested up to {StatementLimits.XmlDepth} deep.");
        var name = reader.NamespaceURI == Namespace ? reader.LocalName : "?";
        Path = Path.Length == 0 ? name : $"{Path}/{name}";
        text.Clear();
        Currency = reader.GetAttribute("Ccy");
        endPending = reader.IsEmptyElement;
        return IsStart = true;
    }

    private bool End()
    {
        endPending = IsStart = false;
        Text = text.ToString().Trim();
        text.Clear();
        return true;
    }

    private void AddText()
    {
        for (int read; (read = reader.ReadValueChunk(chunk, 0, chunk.Length)) > 0;)
        {
            text.Append(chunk, 0, read);
            if (text.Length > StatementLimits.XmlText)
                StatementRefused.Throw(FaultCodes.TextTooLong, At, $"A text has up to {StatementLimits.XmlText} characters.");
        }
    }

    public void Dispose() => reader.Dispose();
}
